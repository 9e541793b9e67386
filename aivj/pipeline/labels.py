"""What a net is to learn from, as named on a command line, and read into one training set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.contracts.eval_rows import EvalRow, read_eval_rows
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, PairsManifest, read_pairs_manifest
from aivj.contracts.preferences import Preference, read_preferences
from aivj.coupling.config import FitConfig
from aivj.coupling.examples import build_training_set
from aivj.coupling.label_sources import LabelSources
from aivj.coupling.training_set import TrainingSet
from aivj.packs.extra_features import ExtraFeatures, read_extra_features
from aivj.packs.feature_store import FeatureStore


@dataclass(frozen=True)
class LabelRequest:
    """Where labels and features come from.

    Attributes:
        packs: Packs whose pairs are measured, compared and crossed.
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        feature_store: Folder that keeps features of presets.
        eval_paths: Measurements, `eval.jsonl` files.
        elite_dir: Folder or file of the elite list; None learns without one.
        preference_paths: People's comparisons, `preferences.jsonl` files.
        preset_features: Table of features beside those of the presets' text.
        mix_renderers: Whether rows of different renderer classes may be mixed.
    """

    packs: Sequence[str]
    packs_root: Path
    feature_store: Path
    eval_paths: Sequence[Path] = ()
    elite_dir: Path | None = None
    preference_paths: Sequence[Path] = ()
    preset_features: Path | None = None
    mix_renderers: bool = False


def read_training_set(
    request: LabelRequest,
    config: FitConfig,
    on_progress: Callable[[int, int], None] | None = None,
) -> TrainingSet:
    """Reads everything and joins it.

    Raises:
        InputError: A manifest, list, run or table cannot be used, or no label is left.
        StorageError: Features could not be kept.
    """
    rows: list[EvalRow] = []
    for path in request.eval_paths:
        rows += read_eval_rows(path).rows
    preferences: list[Preference] = []
    for path in request.preference_paths:
        preferences += read_preferences(path).rows
    sources = LabelSources(
        packs_root=request.packs_root,
        manifests=[read_pack(request.packs_root, pack) for pack in request.packs],
        elite=read_elite_manifest(request.elite_dir) if request.elite_dir else None,
        eval_rows=rows,
        preferences=preferences,
        extra=read_extra(request.preset_features),
        mix_renderers=request.mix_renderers,
    )
    return build_training_set(config, sources, FeatureStore(request.feature_store), on_progress)


def read_pack(packs_root: Path, pack: str) -> PairsManifest:
    """Reads the manifest of a pack below the runtime's public folder.

    Raises:
        InputError: It is missing or cannot be used.
    """
    return read_pairs_manifest(packs_root / "presets" / pack / PAIRS_MANIFEST_NAME, pack=pack)


def read_extra(path: Path | None) -> ExtraFeatures | None:
    """Reads a table of features beside those of the text, if one is named.

    Raises:
        InputError: It cannot be used.
    """
    return None if path is None else read_extra_features(path)
