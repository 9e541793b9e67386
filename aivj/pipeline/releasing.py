"""Promotion: scores into the runtime's bucket, and the registry that follows."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.json_text import read_object, validated
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    preset_file,
    read_pairs_manifest,
)
from aivj.contracts.pairs_quality import PairsQuality, Provenance, read_pairs_quality
from aivj.contracts.pointer import Pointer
from aivj.contracts.verification import REPORT_NAME, VerifyReport
from aivj.coupling import served_files
from aivj.coupling.calibration import Stretch
from aivj.coupling.pair_inputs import PAIR_SPEC
from aivj.errors import GateError, StorageError
from aivj.release.candidate import Force, PromotionEvidence, VerifyEvidence
from aivj.release.logged_model import ServableModel
from aivj.release.pointer import pointer_key, read_pointer
from aivj.release.promotion import Promotion, promote, rollback
from aivj.release.registry import follow_pointer, is_registered, register_quality
from aivj.release.run_notes import (
    CHECKPOINT_FOLDER,
    CHECKPOINT_TAG,
    FEATURES_FOLDER,
    quality_folder,
)
from aivj.release.tracking import Tracker
from aivj.storage import Bucket, sha256_hex

_MAX_FOLLOW_ROUNDS = 16


def publish(
    *,
    pack: str,
    bucket: Bucket,
    quality_path: Path,
    evidence_dir: Path | None,
    tracker: Tracker,
    force: Force | None = None,
) -> Promotion:
    """Promotes a pack's scores; the registry's aliases follow.

    If the tracker may do without its server and that is away, the registry is told nothing, and
    `tracker.is_away` says so: promoting again, when it is back, tells it.

    Args:
        pack: Name of the pack.
        bucket: Where to.
        quality_path: The scores; the manifest lies beside them.
        evidence_dir: Folder that verifying these scores wrote.
        tracker: Where the run that made the scores is recorded.
        force: Whose decision it is to promote them even if a gate refuses, and why.

    Raises:
        InputError: A file is not what it should be.
        GateError: The scores are not fit to be promoted; they stay the registry's candidate.
        LostRaceError: Another promotion came first.
        StorageError: The bucket does not answer, or the registry, where it is needed.
    """
    run_id = _registered(tracker, pack, quality_path)
    promotion = promote(
        bucket,
        pack=pack,
        quality_path=quality_path,
        manifest_path=quality_path.with_name(PAIRS_MANIFEST_NAME),
        evidence=PromotionEvidence(
            run_id=run_id, verify=read_evidence(evidence_dir) if evidence_dir else None
        ),
        now=datetime.now(UTC),
        force=force,
    )
    _follow(tracker, bucket, promotion.pointer)
    return promotion


def roll_back(*, pack: str, bucket: Bucket, to: str | None, tracker: Tracker) -> Promotion:
    """Makes earlier scores what the runtime reads; the registry's aliases follow as in `publish`.

    Raises as `aivj.release.promotion.rollback`.
    """
    promotion = rollback(bucket, pack=pack, now=datetime.now(UTC), to=to)
    _follow(tracker, bucket, promotion.pointer)
    return promotion


def _follow(tracker: Tracker, bucket: Bucket, pointer: Pointer) -> None:
    """Lets the registry follow until the pointer stands still.

    Of two promotions close behind each other the former may come to this later.
    """
    for _ in range(_MAX_FOLLOW_ROUNDS):
        if not tracker.is_away:
            with tracker.giving_up():
                follow_pointer(tracker, pointer)
        now, _ = read_pointer(bucket, pointer_key(pointer.pack)) or (pointer, None)
        if now == pointer:
            return
        pointer = now
    raise StorageError(
        f"the pointer of pack {pointer.pack!r} in {bucket.uri} to come to rest",
        f"another one in each of {_MAX_FOLLOW_ROUNDS} rounds",
        "stop whatever promotes there, then run the same command again",
    )


def _registered(tracker: Tracker, pack: str, quality_path: Path) -> str | None:
    """Registers scores; returns their run, which is what they say themselves if nobody answers."""
    if not tracker.is_away:
        with tracker.giving_up():
            return register_scores(tracker, pack, quality_path)
    return read_pairs_quality(quality_path).provenance.run_id


def register_scores(tracker: Tracker, pack: str, quality_path: Path) -> str:
    """Makes the scores the registry's candidate; returns the run they are recorded in.

    That is the run of the fit that made them, where it is known here, and else one of their own.
    What the run recorded before stays as it is: other scores of the same net lie beside each other.
    Where the run has the net, the version is a model that gives these scores again.

    Raises:
        InputError: The file of scores cannot be used.
        GateError: The run that they name made another net, or keeps another.
        StorageError: The server does not answer.
    """
    quality, digest = read_pairs_quality(quality_path), sha256_hex(quality_path.read_bytes())
    run_id = _fitted_by(tracker, quality.provenance) or _own_run(tracker, quality)
    known = quality.provenance.model_dump(
        exclude={"held_out_pairs", "judgement", "run_id"}, exclude_none=True, by_alias=False
    )
    judgement = quality.provenance.judgement
    said = {"judgement": judgement.sentence} if judgement is not None else {}
    with tempfile.TemporaryDirectory(prefix="aivj-register-") as folder:
        model = None
        if not is_registered(tracker, pack, digest):
            model = _model(tracker, run_id, quality, quality_path, Path(folder))
        register_quality(
            tracker,
            pack=pack,
            run_id=run_id,
            artifact_path=tracker.attach(run_id).log_artifact(quality_path, quality_folder(digest)),
            digest=digest,
            tags={
                **{name: str(value) for name, value in known.items()},
                **said,
                "num_pairs": str(len(quality.pairs)),
                "quality_std": f"{quality.quality_stats.std:.4f}",
                "generated_at": quality.generated_at,
            },
            model=model,
        )
    return run_id


def _fitted_by(tracker: Tracker, provenance: Provenance) -> str | None:
    """Returns the run of the fit, by its id or by its checkpoint, if this server has it.

    Raises:
        GateError: The run of that id says that it made another net.
    """
    run_id = provenance.run_id and tracker.known_run(provenance.run_id)
    if run_id:
        made = tracker.tags(run_id).get(CHECKPOINT_TAG, provenance.checkpoint_digest)
        _require_net_of(run_id, provenance, made, "made")
    if run_id or provenance.checkpoint_digest is None:
        return run_id
    return tracker.run_tagged(CHECKPOINT_TAG, provenance.checkpoint_digest)


def _require_net_of(run_id: str, said: Provenance, digest: str | None, verb: str) -> None:
    if digest != said.checkpoint_digest:
        raise GateError(
            f"scores by the net of run {run_id}, which they name",
            f"they are by sha256 {said.checkpoint_digest}, the run {verb} {digest}",
            "score the pack again with that run's net, or without --run-id",
        )


def _own_run(tracker: Tracker, quality: PairsQuality) -> str:
    """Begins a run for scores of which nobody here knows the fit, and ends it."""
    stats = quality.quality_stats
    name = f"scores {quality.pack} {quality.generated_at}"
    with tracker.start(name, params={}, tags={"packs": quality.pack}) as run:
        run.log_metrics(
            0,
            {
                "quality_std": stats.std,
                "quality_p50": stats.p50,
                "num_pairs": len(quality.pairs),
            },
        )
    return run.run_id


def _model(
    tracker: Tracker, run_id: str, quality: PairsQuality, quality_path: Path, folder: Path
) -> ServableModel | None:
    """Returns the net of a run as a model, in `folder`; None if it keeps none.

    Raises:
        GateError: It keeps another one than its scores were made by.
    """
    provenance, stats = quality.provenance, quality.quality_stats
    checkpoint = tracker.artifacts(run_id, CHECKPOINT_FOLDER).get(served_files.CHECKPOINT_NAME)
    if checkpoint is None:
        return None
    _require_net_of(run_id, provenance, sha256_hex(checkpoint), "keeps")
    tables = list(tracker.artifacts(run_id, FEATURES_FOLDER).values())
    applied = stats.calibration.applied
    served_files.write_model(
        folder / "data",
        checkpoint=checkpoint,
        # Stretched about their mean, scores keep it.
        stretch=Stretch(stats.mean, (applied and stats.calibration.scale) or 1.0),
        extra=tables[0] if tables else None,
    )
    texts = _whole_pair(quality_path)
    if texts is None:
        return None
    return ServableModel(
        data=folder / "data",
        loader_module=served_files.LOADER_MODULE,
        example=_example(texts, provenance.feature_spec or ""),
        output=served_files.OUTPUT,
        scores=quality_path,
        params={
            "pack": quality.pack,
            "feature_spec": provenance.feature_spec or "",
            "calibration_scale": f"{stats.calibration.scale or 1.0:g}",
            "dataset_digest": provenance.dataset_digest or "",
        },
    )


def _example(texts: Sequence[str], feature_spec: str) -> dict[str, list[str | float]]:
    """Returns a table of one pair, with all that a net of these features asks for."""
    named: dict[str, str | float] = dict(zip(served_files.INPUTS, texts, strict=True))
    if PAIR_SPEC in feature_spec.split("+"):
        named |= served_files.USUAL_FIGURES
    return {name: [value] for name, value in named.items()}


def _whole_pair(quality_path: Path) -> list[str] | None:
    """Returns the texts of a pair of the pack beside the scores; None if none is there whole."""
    manifest = read_pairs_manifest(quality_path.with_name(PAIRS_MANIFEST_NAME))
    packs_root = quality_path.parent.parent.parent
    for pair in manifest.pairs:
        found = [preset_file(packs_root, url) for url in (pair.fg_url, pair.bg_url)]
        files = [file for file in found if file is not None and file.is_file()]
        if len(files) == len(found):
            return [file.read_text(encoding="utf-8", errors="replace") for file in files]
    return None


def read_evidence(folder: Path) -> VerifyEvidence:
    """Reads what `aivj verify` wrote.

    Raises:
        InputError: There is no report, or it cannot be used.
    """
    path = folder / REPORT_NAME
    report = validated(VerifyReport, read_object(path), str(path))
    return VerifyEvidence(
        passed=report.passed, quality_digest=report.quality_digest or "none", report_path=path
    )
