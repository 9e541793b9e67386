"""Small packs and training sets, drawn with seeds."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest
from aivj.coupling import EliteClass, FitConfig, Source, TrainingSet, build_training_set
from aivj.coupling.label_sources import LabelSources
from aivj.coupling.pair_inputs import PairInputs
from aivj.packs.feature_store import FeatureStore

PACK = "tiny"


def write_preset(path: Path, rng: np.random.Generator) -> None:
    lines = [
        "[preset00]",
        *(f"{key}={rng.uniform(low, high):.5f}" for key, low, high in RANGES),
        "per_frame_1=zoom = zoom + 0.1*bass;",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


RANGES = (
    ("zoom", 0.85, 1.3),
    ("rot", -0.3, 0.3),
    ("warp", 0.005, 0.15),
    ("fDecay", 0.5, 0.95),
    ("cx", 0.4, 0.6),
    ("wave_r", 0.0, 1.0),
)


@pytest.fixture
def make_pack(tmp_path: Path) -> Callable[..., tuple[PairsManifest, Path]]:
    """Writes a pack of presets and returns its manifest and the folder its URLs lie under."""

    def make(
        num_pairs: int, *, first_id: int = 100, pack: str = PACK
    ) -> tuple[PairsManifest, Path]:
        rng = np.random.default_rng(num_pairs)
        root = tmp_path / "public"
        pairs = []
        for pair in range(first_id, first_id + num_pairs):
            urls = {layer: f"/presets/{pack}/{layer}/p{pair}.milk" for layer in ("fg", "bg")}
            for url in urls.values():
                write_preset(root / url.lstrip("/"), rng)
            pairs.append(ManifestPair(pair=pair, fg_url=urls["fg"], bg_url=urls["bg"]))
        manifest = PairsManifest(generated_at="2026-03-01T09:00:00.000Z", pack=pack, pairs=pairs)
        return manifest, root

    return make


@pytest.fixture
def make_row() -> Callable[..., EvalRow]:
    def make(
        pair: int | None, luma: float | None, motion: float | None, **extra: object
    ) -> EvalRow:
        known = {"t_ms": 1, "pack": PACK, "ok_heuristic": True, "reasons": []}
        values = {"pair": pair, "viz_avg_luma": luma, "viz_avg_frame_delta": motion}
        return EvalRow(**{**known, **values, **extra})

    return make


@pytest.fixture(scope="session")
def learnable_set() -> TrainingSet:
    """1200 pairs, good where one feature of each layer lies on the same side of its mean.

    A pair's two presets are a family.
    """
    rng = np.random.default_rng(7)
    num_pairs, num_crossed = 1200, 3000
    features = rng.normal(3.0, 5.0, (2 * num_pairs, 4)).astype(np.float32)
    signs = np.sign(features - 3.0)
    fg, bg = np.arange(num_pairs), np.arange(num_pairs, 2 * num_pairs)
    good = signs[fg, 0] == signs[bg, 1]
    crossed_fg = rng.integers(0, num_pairs, num_crossed)
    crossed_bg = rng.integers(num_pairs, 2 * num_pairs, num_crossed)
    bad = signs[crossed_fg, 0] != signs[crossed_bg, 1]
    crossed_fg, crossed_bg = crossed_fg[bad], crossed_bg[bad]

    is_elite = np.arange(num_pairs) % 2 == 0
    example = np.where(good, EliteClass.POSITIVE, EliteClass.NEGATIVE)
    columns = (
        (fg, crossed_fg, np.int64),
        (bg, crossed_bg, np.int64),
        (np.where(good, 0.9, 0.1), 0.0, np.float32),
        (np.where(is_elite, Source.ELITE, Source.EVAL), Source.NEGATIVE, np.int8),
        (np.where(is_elite, example, EliteClass.NONE), EliteClass.NONE, np.int8),
    )
    fg_index, bg_index, target, source, elite_class = (
        np.concatenate([real, np.broadcast_to(crossed, crossed_fg.shape)]).astype(kind)
        for real, crossed, kind in columns
    )
    return TrainingSet(
        feature_spec="test.v1",
        preset_features=features,
        feature_blocks=(4,),
        preset_hashes=tuple(f"{number:064x}" for number in range(2 * num_pairs)),
        preset_families=np.concatenate([fg, fg]),
        fg_index=fg_index,
        bg_index=bg_index,
        target=target,
        source=source,
        elite_class=elite_class,
        measured_luma=np.full(len(target), np.nan, dtype=np.float32),
    )


@pytest.fixture(scope="session")
def told_set(learnable_set: TrainingSet) -> TrainingSet:
    """The same pairs, all measured: a target at random, and a figure that tells good ones."""
    rng = np.random.default_rng(11)
    rows = learnable_set
    target = rng.uniform(0.1, 0.9, len(rows)).astype(np.float32)
    signs = np.sign(rows.preset_features - 3.0)
    good = signs[rows.fg_index, 0] == signs[rows.bg_index, 1]
    values = np.stack([target, good + rng.normal(0, 0.1, len(rows))], axis=1).astype(np.float32)
    told = PairInputs.of_pairs(rows.fg_index, rows.bg_index, values)
    is_people = rows.source == Source.ELITE
    worth = told.of(rows.fg_index, rows.bg_index)[:, 0]
    return replace(rows, pair_inputs=told, target=np.where(is_people, rows.target, worth))


@pytest.fixture
def built() -> Callable[..., TrainingSet]:
    """Builds a training set without keeping features anywhere."""

    def build(
        config: FitConfig, root: Path, *manifests: PairsManifest, **given: Any
    ) -> TrainingSet:
        return build_training_set(
            config, LabelSources(root, manifests, **given), FeatureStore(None)
        )

    return build
