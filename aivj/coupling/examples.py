"""Builds a training set from what people chose, what browsers measured, and crossed pairs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aivj.contracts.elite_manifest import EliteManifest, elite_class, elite_target
from aivj.contracts.preferences import PairRef, Preference
from aivj.coupling.config import FitConfig
from aivj.coupling.eval_labels import EvalLabels, eval_labels
from aivj.coupling.label_sources import LabelSources
from aivj.coupling.negatives import draw_crossings, feasible_distance
from aivj.coupling.pack_rows import PackRows, pack_rows
from aivj.coupling.pair_inputs import PAIR_SPEC, TARGET01, PairInputs
from aivj.coupling.preset_rows import MISSING, PresetRows, Progress, read_presets
from aivj.coupling.split import NUM_COMPARED_LAYERS
from aivj.coupling.taken_pairs import TakenPairs
from aivj.coupling.training_set import Comparisons, EliteClass, IntArray, Source, TrainingSet
from aivj.errors import InputError
from aivj.packs.extra_features import ExtraFeatures
from aivj.packs.families import NamedPreset, family_of
from aivj.packs.feature_store import FeatureStore
from aivj.packs.provenance import original_names
from aivj.packs.term_space import TermSpace
from aivj.presets.milk import parse_milk

_EXAMPLES = {
    "positive": EliteClass.POSITIVE,
    "negative": EliteClass.NEGATIVE,
    None: EliteClass.NONE,
}


def build_training_set(
    config: FitConfig,
    sources: LabelSources,
    store: FeatureStore,
    on_progress: Progress | None = None,
) -> TrainingSet:
    """Joins all sources of labels.

    Args:
        config: What a measurement is worth; number and distance of negatives; what is told of
            presets and pairs; seed.
        sources: The labels.
        store: Where features of presets are looked up and kept.
        on_progress: Told how many presets of how many have been read.

    Raises:
        InputError: Rows of different renderer classes, or not one label is left.
        StorageError: New features could not be kept.
    """
    presets = read_presets(
        store,
        sources.preset_files(),
        extra=sources.extra,
        space_of=TermSpace.fit if config.code_terms else None,
        progress=on_progress,
    )
    builder = _Builder(config, presets, sources.notes)
    if sources.extra is not None:
        builder.note_extra(sources.extra)
    if sources.elite is not None:
        builder.add_elite(sources.elite)
    packs = [pack_rows(manifest, sources.packs_root, presets) for manifest in sources.manifests]
    labels = eval_labels(
        sources.eval_rows, target=config.eval_target, mix_renderers=sources.mix_renderers
    )
    builder.add_measured(labels, packs)
    builder.add_comparisons(sources.preferences, packs)
    builder.add_negatives(packs)
    if sources.taken is not None:
        builder.measure(sources.taken)
    return builder.build()


class _Builder:
    """Collects rows as tuples of fg, bg, target, source, class and luma."""

    def __init__(self, config: FitConfig, presets: PresetRows, notes: Sequence[str]) -> None:
        self._config = config
        self._presets = presets
        self._rows: list[tuple[int, int, float, int, int, float]] = []
        self._comparisons: list[tuple[int, int, int, int, bool]] = []
        self._notes = [*notes, *presets.notes]
        self._renderer_class: str | None = None
        self._pair_inputs = PairInputs.none()
        self._takes: tuple[str, ...] = ()

    def note_extra(self, extra: ExtraFeatures) -> None:
        """Counts what a table of more features does not know.

        Raises:
            InputError: It knows not one of the presets.
        """
        hashes = self._presets.table.hashes
        num_unknown = sum(name not in extra.row_of for name in hashes)
        if hashes and num_unknown == len(hashes):
            raise InputError(
                "a table of --preset-features that knows some of these presets",
                f"{len(extra.row_of)} usable rows, none of them of the {len(hashes)} presets",
                "write it from these packs (`aivj preset-features`), or leave the option out",
            )
        self._note(extra.num_unusable, "rows of --preset-features left out: a null, NaN, infinity")
        self._note(num_unknown, "presets without a row in --preset-features, taken as the mean")

    def add_elite(self, elite: EliteManifest) -> None:
        self._note(elite.num_unresolved, "elite entries left out: no score, or a file is not there")
        num_missing = num_repeated = 0
        seen: set[tuple[int, int]] = set()
        for entry in elite.entries:
            fg, bg = self._presets.row_of[entry.fg], self._presets.row_of[entry.bg]
            if MISSING in {fg, bg}:
                num_missing += 1
                continue
            num_repeated += (fg, bg) in seen
            seen.add((fg, bg))
            target, example = elite_target(entry.score), _EXAMPLES[elite_class(entry.score)]
            self._add(fg, bg, target, Source.ELITE, example=example)
        self._note(num_missing, "elite entries left out since a preset cannot be read")
        self._note(num_repeated, "elite entries of a pair that the list has already, counted again")

    def add_measured(self, labels: EvalLabels, packs: Sequence[PackRows]) -> None:
        self._renderer_class = labels.renderer_class
        layers = _layers_by_pair(packs)
        num_unknown = num_missing = 0
        for pair, label in labels.of_pair.items():
            fg, bg = layers.get(pair, (None, None))
            if fg is None or bg is None:
                num_unknown += 1
            elif MISSING in {fg, bg}:
                num_missing += 1
            else:
                self._add(fg, bg, label.target, Source.EVAL, luma=label.luma)
        self._note(
            labels.num_unmeasured, "eval rows left out since they lack what the eval target needs"
        )
        self._note(labels.num_degraded, "eval rows left out since a part was not drawn")
        self._note(labels.num_repeated, "eval rows averaged into another one of the same pair")
        self._note(num_unknown, "measured pairs left out since no given manifest has them")
        self._note(num_missing, "measured pairs left out since a preset cannot be read")

    def add_comparisons(self, preferences: Sequence[Preference], packs: Sequence[PackRows]) -> None:
        layers = _layers_by_pair(packs)
        num_unusable = 0
        # The same file may be named twice; one judgement has one time.
        once = {
            (judged.at, judged.by, judged.winner, judged.loser): judged for judged in preferences
        }
        self._note(len(preferences) - len(once), "preferences left out since they came twice")
        # Judgements of several people may be put behind each other in any order.
        for judged in sorted(once.values(), key=lambda judged: (judged.at, judged.by)):
            rows = [*layers.get(_key(judged.winner), ()), *layers.get(_key(judged.loser), ())]
            if len(rows) == NUM_COMPARED_LAYERS and MISSING not in rows:
                winner_fg, winner_bg, loser_fg, loser_bg = rows
                self._comparisons.append((winner_fg, winner_bg, loser_fg, loser_bg, judged.tie))
            else:
                num_unusable += 1
        self._note(
            num_unusable,
            "preferences left out since a pair is not in a given manifest or not whole",
        )

    def add_negatives(self, packs: Sequence[PackRows]) -> None:
        """Crosses pairs inside each pack, and drops crossings that are a real pair again."""
        real = {row[:2] for row in self._rows}
        for pack in packs:
            real.update(zip(pack.fg_index.tolist(), pack.bg_index.tolist(), strict=True))
        num_pairs = sum(len(pack.pair_ids) for pack in packs)
        rng = np.random.default_rng(self._config.seed)
        crossings: set[tuple[int, int]] = set()
        for pack in packs:
            share = self._config.neg_samples * len(pack.pair_ids) // num_pairs
            crossings |= self._cross(pack, share, rng)
        for fg, bg in sorted(crossings - real):
            self._add(fg, bg, 0.0, Source.NEGATIVE)

    def measure(self, taken: TakenPairs) -> None:
        """Composes pairs of their presets' takes, as far as both are drawn.

        Negatives are worth what that says, and the net is told of all pairs, if it is to be.
        """
        told = self._config.figures == "measured"
        labelled, negatives = self._row_pairs(is_negative=False), self._row_pairs(is_negative=True)
        compared = [side for row in self._comparisons for side in (row[:2], row[2:4])]
        worth = negatives if told or self._config.neg_label == "measured" else []
        asked = sorted({*worth, *labelled, *compared} if told else set(worth))
        hashes = self._presets.table.hashes
        contents = [(hashes[fg], hashes[bg]) for fg, bg in asked]
        fg, bg = np.array(asked, dtype=np.int64).reshape(-1, 2).T
        found = PairInputs.of_pairs(fg, bg, taken.inputs(contents, self._config.eval_target))
        if self._config.neg_label == "measured":
            self._measure_negatives(negatives, found)
        if told and len(found.keys) > 0:
            self._pair_inputs, self._takes = found, tuple(taken.conditions)
            known = _known(found)
            num_untold = sum(pair not in known for pair in [*labelled, *compared])
            self._note(
                num_untold,
                "labelled pairs of which a preset is not drawn: their figures are taken as the "
                "mean (`aivj takes draw` draws presets)",
            )

    def _measure_negatives(self, negatives: Sequence[tuple[int, int]], found: PairInputs) -> None:
        """Gives negatives the worth that was measured. Some crossings look good."""
        if not negatives:
            return
        fg, bg = np.array(negatives, dtype=np.int64).T
        worth = found.of(fg, bg)[:, TARGET01]
        of_pair = dict(zip(negatives, np.nan_to_num(worth).tolist(), strict=True))
        self._rows = [
            (*row[:2], of_pair[row[:2]], *row[3:]) if row[3] == Source.NEGATIVE else row
            for row in self._rows
        ]
        num_assumed = int(np.isnan(worth).sum())
        if num_assumed < len(negatives):
            self._notes.append(
                f"negatives measured from takes: {len(negatives) - num_assumed}, mean "
                f"{np.nanmean(worth):.3f}"
            )
        self._note(num_assumed, "negatives taken as worth nothing, since a preset is not drawn")

    def _row_pairs(self, *, is_negative: bool) -> list[tuple[int, int]]:
        return [row[:2] for row in self._rows if (row[3] == Source.NEGATIVE) == is_negative]

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

    def build(self) -> TrainingSet:
        if not self._rows and not self._comparisons:
            raise InputError(
                "at least one labelled pair",
                "; ".join(self._notes) or "no elite entry, eval row, preference or pack",
                "give an elite list, eval rows of the given packs, or a larger pack",
            )
        columns = np.array(self._rows, dtype=np.float64).reshape(-1, 6).T
        fg, bg, target, source, example, luma = columns
        return TrainingSet(
            feature_spec=self._feature_spec(),
            preset_features=self._presets.table.values,
            feature_blocks=self._presets.blocks,
            preset_hashes=self._presets.table.hashes,
            preset_families=_families(self._presets.files),
            fg_index=fg.astype(np.int64),
            bg_index=bg.astype(np.int64),
            target=target.astype(np.float32),
            source=source.astype(np.int8),
            elite_class=example.astype(np.int8),
            measured_luma=luma.astype(np.float32),
            comparisons=Comparisons.of(self._comparisons),
            pair_inputs=self._pair_inputs,
            takes=self._takes,
            term_space=self._presets.term_space,
            renderer_class=self._renderer_class,
            notes=tuple(self._notes),
        )

    def _feature_spec(self) -> str:
        """Names what the net is told of presets, and of pairs."""
        pairs = [PAIR_SPEC] if self._pair_inputs.width else []
        return "+".join([self._presets.table.spec, *pairs])

    def _add(
        self,
        fg: int,
        bg: int,
        target: float,
        source: Source,
        *,
        example: EliteClass = EliteClass.NONE,
        luma: float = float("nan"),
    ) -> None:
        self._rows.append((fg, bg, target, source, example, luma))

    def _note(self, count: int, what: str) -> None:
        if count > 0:
            self._notes.append(f"{what}: {count}")


def _known(found: PairInputs) -> set[tuple[int, int]]:
    fg, bg = found.pairs
    return set(zip(fg.tolist(), bg.tolist(), strict=True))


def _key(pair: PairRef) -> tuple[str, int]:
    return pair.pack, pair.pair


def _layers_by_pair(packs: Sequence[PackRows]) -> dict[tuple[str, int], tuple[int, int]]:
    """Returns the rows of both layers by pack and pair id."""
    return {
        (pack.pack, pair): (fg, bg)
        for pack in packs
        for pair, fg, bg in zip(
            pack.pair_ids.tolist(), pack.fg_index.tolist(), pack.bg_index.tolist(), strict=True
        )
    }


def _families(files: Sequence[Path]) -> IntArray:
    """Returns the number of each preset file's family; see `aivj.packs.families`."""
    named = zip(original_names(files), files, strict=True)
    return family_of(NamedPreset(name, parse_milk(file.read_bytes())) for name, file in named)
