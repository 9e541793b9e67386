"""Builds a training set from what people chose, what browsers measured, and crossed pairs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aivj.contracts.elite_manifest import EliteManifest, elite_class, elite_target
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.coupling.config import FitConfig
from aivj.coupling.eval_labels import eval_labels
from aivj.coupling.negatives import draw_crossings, feasible_distance
from aivj.coupling.pack_rows import MISSING, PackRows, resolve_pack
from aivj.coupling.preset_table import PresetTable
from aivj.coupling.training_set import EliteClass, Source, TrainingSet
from aivj.errors import InputError
from aivj.presets.features import FEATURE_SPEC

ELITE_WEIGHT = 1.0

_EXAMPLES = {
    "positive": EliteClass.POSITIVE,
    "negative": EliteClass.NEGATIVE,
    None: EliteClass.NONE,
}


def build_training_set(
    config: FitConfig,
    *,
    packs_root: Path,
    manifests: Sequence[PairsManifest],
    elite: EliteManifest | None = None,
    eval_rows: Sequence[EvalRow] = (),
    mix_renderers: bool = False,
) -> TrainingSet:
    """Joins the three sources of labels.

    Args:
        config: Weights, number and distance of negatives, seed.
        packs_root: Folder that `/presets/<pack>/...` lies under.
        manifests: Packs that `eval_rows` are about, and whose pairs are crossed for negatives.
        elite: Pairs that people scored.
        eval_rows: Measurements; several rows of a pair are averaged.
        mix_renderers: Takes rows of different renderer classes together.

    Raises:
        InputError: Rows of different renderer classes, or not one label is left.
    """
    table = PresetTable()
    builder = _Builder(config)
    if elite is not None:
        builder.add_elite(elite, table)
    packs = [resolve_pack(manifest, packs_root, table) for manifest in manifests]
    builder.add_measured(eval_rows, packs, mix_renderers=mix_renderers)
    builder.add_negatives(packs)
    return builder.build(table)


class _Builder:
    """Collects rows as tuples of fg, bg, target, weight, source and class."""

    def __init__(self, config: FitConfig) -> None:
        self._config = config
        self._rows: list[tuple[int, int, float, float, int, int]] = []
        self._notes: list[str] = []
        self._renderer_class: str | None = None

    def add_elite(self, elite: EliteManifest, table: PresetTable) -> None:
        num_missing = 0
        for entry in elite.entries:
            fg, bg = table.add(entry.fg), table.add(entry.bg)
            if fg is None or bg is None:
                num_missing += 1
                continue
            target, example = elite_target(entry.score), _EXAMPLES[elite_class(entry.score)]
            self._rows.append((fg, bg, target, ELITE_WEIGHT, Source.ELITE, example))
        self._note(num_missing, "elite entries left out since a preset cannot be read")

    def add_measured(
        self, rows: Sequence[EvalRow], packs: Sequence[PackRows], *, mix_renderers: bool
    ) -> None:
        labels = eval_labels(rows, target=self._config.eval_target, mix_renderers=mix_renderers)
        self._renderer_class = labels.renderer_class
        presets = {
            (pack.pack, pair): (fg, bg)
            for pack in packs
            for pair, fg, bg in zip(
                pack.pair_ids.tolist(), pack.fg_index.tolist(), pack.bg_index.tolist(), strict=True
            )
        }
        num_unknown = num_missing = 0
        for pair, target in labels.targets.items():
            fg, bg = presets.get(pair, (None, None))
            if fg is None or bg is None:
                num_unknown += 1
            elif MISSING in {fg, bg}:
                num_missing += 1
            else:
                weight = self._config.extra_eval_weight
                self._rows.append((fg, bg, target, weight, Source.EVAL, EliteClass.NONE))
        self._note(
            labels.num_unmeasured, "eval rows left out since they lack what the eval target needs"
        )
        self._note(labels.num_degraded, "eval rows left out since a shader was not drawn")
        self._note(num_unknown, "measured pairs left out since no given manifest has them")
        self._note(num_missing, "measured pairs left out since a preset cannot be read")

    def add_negatives(self, packs: Sequence[PackRows]) -> None:
        """Crosses pairs inside each pack, and drops crossings that are a real pair again."""
        real = {(fg, bg) for fg, bg, *_ in self._rows}
        for pack in packs:
            real.update(zip(pack.fg_index.tolist(), pack.bg_index.tolist(), strict=True))
        num_pairs = sum(len(pack.pair_ids) for pack in packs)
        rng = np.random.default_rng(self._config.seed)
        crossings: set[tuple[int, int]] = set()
        for pack in packs:
            share = self._config.neg_samples * len(pack.pair_ids) // num_pairs
            crossings |= self._cross(pack, share, rng)
        for fg, bg in sorted(crossings - real):
            weight = self._config.neg_weight
            self._rows.append((fg, bg, 0.0, weight, Source.NEGATIVE, EliteClass.NONE))

    def _cross(
        self, pack: PackRows, num_samples: int, rng: np.random.Generator
    ) -> set[tuple[int, int]]:
        num_pairs, requested = len(pack.pair_ids), self._config.neg_min_pair_distance
        distance = feasible_distance(num_pairs, requested)
        if distance < requested and num_samples > 0:
            self._notes.append(
                f"pack {pack.pack}: negatives at a distance of {distance} instead of {requested}: "
                f"{num_pairs} pairs allow no more"
            )
        fg_of, bg_of = draw_crossings(
            num_pairs, distance=distance, num_samples=num_samples, rng=rng
        )
        fg, bg = pack.fg_index[fg_of], pack.bg_index[bg_of]
        whole = (fg != MISSING) & (bg != MISSING)
        return set(zip(fg[whole].tolist(), bg[whole].tolist(), strict=True))

    def build(self, table: PresetTable) -> TrainingSet:
        if not self._rows:
            raise InputError(
                "at least one labelled pair",
                "; ".join(self._notes) or "no elite entry, eval row or pack",
                "give an elite list, eval rows of the given packs, or a larger pack",
            )
        fg, bg, target, weight, source, example = zip(*self._rows, strict=True)
        return TrainingSet(
            feature_spec=FEATURE_SPEC,
            preset_features=table.features,
            preset_hashes=table.hashes,
            fg_index=np.array(fg, dtype=np.int64),
            bg_index=np.array(bg, dtype=np.int64),
            target=np.array(target, dtype=np.float32),
            weight=np.array(weight, dtype=np.float32),
            source=np.array(source, dtype=np.int8),
            elite_class=np.array(example, dtype=np.int8),
            renderer_class=self._renderer_class,
            notes=tuple(self._notes),
        )

    def _note(self, count: int, what: str) -> None:
        if count > 0:
            self._notes.append(f"{what}: {count}")
