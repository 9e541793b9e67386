"""What a net is to learn from, as named on a command line, and read into one training set."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.contracts.eval_rows import EvalRow, read_eval_rows
from aivj.contracts.json_text import read_bytes
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, PairsManifest, read_pairs_manifest
from aivj.contracts.preferences import Preference, read_preferences
from aivj.contracts.run_meta import read_run_meta
from aivj.coupling.config import FitConfig
from aivj.coupling.examples import build_training_set
from aivj.coupling.label_sources import LabelSources
from aivj.coupling.taken_pairs import TakenPairs
from aivj.coupling.training_set import Source, TrainingSet
from aivj.errors import InputError
from aivj.packs.extra_features import ExtraFeatures, read_extra_features
from aivj.packs.feature_store import FeatureStore
from aivj.packs.measured_presets import other_presets
from aivj.pipeline.requests import LabelRequest
from aivj.release.run_notes import FEATURES_FOLDER
from aivj.release.tracking import TrackedRun
from aivj.runs.directory import RunDirectory
from aivj.storage import sha256_hex
from aivj.takes.store import TakeStore


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
    notes: list[str] = []
    manifests = [read_pack(request.packs_root, pack) for pack in request.packs]
    notes += [manifest.left_out for manifest in manifests if manifest.left_out]
    rows = _eval_rows(request.eval_paths, notes)
    sources = LabelSources(
        packs_root=request.packs_root,
        manifests=manifests,
        elite=read_elite_manifest(request.elite_dir) if request.elite_dir else None,
        eval_rows=of_present_presets(rows, manifests, request.packs_root, notes),
        preferences=_judgements(request.preference_paths, notes),
        extra=read_extra(request.preset_features),
        taken=_taken(request.eval_paths)
        if "measured" in {config.neg_label, config.figures}
        else None,
        mix_renderers=request.mix_renderers,
        notes=notes,
    )
    store = FeatureStore(request.feature_store)
    training_set = build_training_set(config, sources, store, on_progress)
    _require_labels(training_set)
    return training_set


def read_told(request: LabelRequest, config: FitConfig, say: Callable[[str], None]) -> TrainingSet:
    """Reads a training set, and says what of the labels was left out or reduced.

    Raises as `read_training_set`.
    """
    say("reading labels and presets")
    training_set = read_training_set(request, config)
    for note in training_set.notes:
        say(f"note: {note}")
    return training_set


def _taken(eval_paths: Sequence[Path]) -> TakenPairs | None:
    """Opens the takes that runs were computed from; None if there are none.

    Raises:
        StorageError: A store does not answer.
    """
    places: list[tuple[str, str]] = []
    for path in eval_paths:
        meta_path = RunDirectory(path.parent).meta_path
        takes = read_run_meta(meta_path).takes if meta_path.exists() else None
        if takes is not None:
            places += [(takes.uri, digest) for digest in takes.conditions]
    return find_taken(places)


def find_taken(places: Iterable[tuple[str, str]]) -> TakenPairs | None:
    """Opens takes, given by the address of a store and the digest of conditions.

    Returns:
        What measures pairs by them, in their order; None if there are none.

    Raises:
        StorageError: A store does not answer.
    """
    found = (TakeStore.find(uri, digest) for uri, digest in dict.fromkeys(places))
    stores = [store for store in found if store is not None]
    return TakenPairs(stores) if stores else None


def _eval_rows(paths: Sequence[Path], notes: list[str]) -> list[EvalRow]:
    """Reads measurements, and notes what is no row of them."""
    rows: list[EvalRow] = []
    for path in paths:
        read = read_eval_rows(path)
        rows += read.rows
        notes += [
            f"lines of {path} left out ({reason}): {count}"
            for reason, count in sorted(read.bad_lines.items())
        ]
        if not read.rows:
            notes.append(f"{path} has not one usable row")
    if len({row.composed for row in rows if row.driver == "stage"}) > 1:
        notes.append(
            "some rows are computed from takes, others were drawn as pairs by an older version: a "
            "preset's random numbers differ between them"
        )
    return rows


def _judgements(paths: Sequence[Path], notes: list[str]) -> list[Preference]:
    """Reads what people preferred, and notes what does not stand."""
    judged: list[Preference] = []
    for path in paths:
        read = read_preferences(path)
        judged += read.rows
        for count, what in (
            (read.num_bad_lines, "lines of {path} left out (no judgement)"),
            (read.num_self_comparisons, "judgements of {path} left out (a pair against itself)"),
            (read.num_retracted, "judgements of {path} left out (taken back)"),
        ):
            if count:
                notes.append(f"{what.format(path=path)}: {count}")
        if not read.rows:
            notes.append(f"{path} has not one judgement that stands")
    return judged


def _require_labels(training_set: TrainingSet) -> None:
    """Refuses a set of synthetic negatives alone: all that it teaches is to say 0."""
    num_labelled = len(training_set) - training_set.num_rows(Source.NEGATIVE)
    if num_labelled == 0 and len(training_set.comparisons) == 0:
        raise InputError(
            "at least one pair with a label of people or measurements to learn from",
            "; ".join(training_set.notes) or "no --extra-eval-jsonl, --elite-dir or --preferences",
            "name a run's eval.jsonl that measured these packs, an elite list, or judgements of "
            "`aivj prefer`",
        )


def record_labels(run: TrackedRun, request: LabelRequest, training_set: TrainingSet) -> None:
    """Records what is learned from, and what was left out of it."""
    run.log_dataset(
        "coupling",
        digest=training_set.dataset_digest(),
        num_rows=len(training_set),
        source=", ".join(request.packs),
    )
    for path in (*request.eval_paths, *request.preference_paths):
        data = read_bytes(path)
        run.log_dataset(
            f"{path.parent.name}/{path.name}",
            digest=sha256_hex(data),
            num_rows=data.count(b"\n"),
            source=str(path.absolute()),
        )
    run.log_params(
        {f"num_{name}": count for name, count in training_set.num_rows_by_source.items()}
    )
    if training_set.notes:
        run.set_tag("left_out", "; ".join(training_set.notes))
    if request.preset_features is not None:
        run.log_artifact(request.preset_features, FEATURES_FOLDER)


def of_present_presets(
    rows: Sequence[EvalRow],
    manifests: Sequence[PairsManifest],
    packs_root: Path,
    notes: list[str],
) -> list[EvalRow]:
    """Leaves out, and says in `notes`, rows that measured other presets than the packs have now."""
    others = [
        other for manifest in manifests for other in other_presets(rows, manifest, packs_root)
    ]
    if others:
        notes.append(f"{len(others)} rows measured other presets: left out; first, {others[0]}")
    left_out = {id(other.row) for other in others}
    return [row for row in rows if id(row) not in left_out]


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
