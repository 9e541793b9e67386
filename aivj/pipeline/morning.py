"""The morning after: whether what a night left is new, whole, good and agrees with itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aivj.browser.renderer import SOFTWARE
from aivj.contracts.checks import CheckResult
from aivj.contracts.json_text import iso_utc, parse_time, read_object, validated
from aivj.contracts.morning import MorningReport
from aivj.contracts.night import NightRecord
from aivj.contracts.pairs_quality import MIN_QUALITY_STD, PairsQuality, read_pairs_quality
from aivj.contracts.run_meta import RunMeta, read_run_meta
from aivj.contracts.run_summary import MIN_OK_RATE, summary_outputs
from aivj.contracts.style_index import read_style_index, style_index_name
from aivj.contracts.verification import VerifyReport
from aivj.errors import AivjError
from aivj.gate.run_check import check_run
from aivj.release.pointer import pointer_key, read_pointer
from aivj.release.spool import waiting_runs
from aivj.runs.directory import RunDirectory
from aivj.storage import open_bucket, sha256_hex

_NOT_ASKED = "it was not asked for"


@dataclass(frozen=True)
class NightOnDisk:
    """A night, and where what it left is at hand.

    Attributes:
        record: Its record.
        run: Its run directory.
        qualities: Scores by pack.
        reports: What verifying found, by pack.
        bucket_uri: Where scores are promoted to.
        packs_root: The runtime's public folder.
        spool: Where runs wait for the MLflow server.
    """

    record: NightRecord
    run: Path
    qualities: dict[str, Path]
    reports: dict[str, Path]
    bucket_uri: str
    packs_root: Path
    spool: Path


def judge_morning(night: NightOnDisk) -> MorningReport:
    """Judges a night by what stands on disk and in the bucket; changes nothing."""
    checks = dict(_checks(night))
    failed = any(result.fails_all for result in checks.values())
    return MorningReport(
        stamp=night.record.stamp,
        checked_at=iso_utc(datetime.now(UTC)),
        verdict="failed" if failed else "passed",
        checks=checks,
    )


def _checks(night: NightOnDisk) -> Iterator[tuple[str, CheckResult]]:
    refused = night.record.refused
    if refused is not None:
        yield "begun", _failed("a night that was let begin", refused.found, refused.remedy)
        return
    yield "stages", _stages(night.record)
    if night.record.night_kind == "styles":
        for pack in night.record.packs:
            yield f"style index {pack}", _style_index(night.packs_root / "presets" / pack)
        return
    was_asked = _asked(night.record)
    try:
        meta = read_run_meta(RunDirectory(night.run).meta_path)
    except AivjError as error:
        yield "run", _failed("a run with its description", error.found, error.remedy)
        return
    yield "run", _run(meta)
    yield "renderer", _renderer(meta)
    yield "ok rate", _ok_rate(night.run)
    yield "pictures", _pictures(night)
    for pack in night.record.packs:
        scored = was_asked & {"score", "train"}
        yield f"scores {pack}", _scores(night, meta, pack) if scored else _left_out()
        yield f"verified {pack}", _verified(night, pack) if "verify" in was_asked else _left_out()
        yield f"served {pack}", _served(night, pack) if "promote" in was_asked else _left_out()
    if "train" in was_asked:
        yield "recorded", _recorded(night.spool)


def _asked(record: NightRecord) -> set[str]:
    return {stage.name for stage in record.stages if stage.state != "skipped"}


def _stages(record: NightRecord) -> CheckResult:
    expected = "every stage to have ended well"
    bad = [stage for stage in record.stages if not stage.has_ended_well]
    if not bad:
        return _passed(expected, f"{len(record.stages)} have")
    told = [f"{each.name}{f' {each.pack}' if each.pack else ''} {each.state}" for each in bad]
    remedies = [f"{each.name}: {each.problem.remedy}" for each in bad if each.problem is not None]
    remedy = remedies[0] if remedies else f"aivj night ... --run-stamp {record.stamp} goes on"
    return _failed(expected, ", ".join(told), remedy)


def _run(meta: RunMeta) -> CheckResult:
    expected = "a run that has ended without an error"
    if meta.error is not None:
        found = f"{meta.error.code}: {meta.error.message}"
        return _failed(expected, found, "see vite.log in the run; the same command goes on")
    if meta.finished_at is None:
        return _failed(expected, "it has not ended", "go on with the same command")
    done = ", ".join(
        f"{pack} {progress.visited} of {progress.target}"
        for pack, progress in meta.progress.items()
    )
    return _passed(expected, f"{done} visited")


def _renderer(meta: RunMeta) -> CheckResult:
    expected = "a GPU that draws, unless the CPU was asked for"
    if meta.renderer is None or meta.runtime is None:
        return _failed(expected, "nobody says what drew", "see vite.log in the run")
    drawn, name = meta.runtime.webgl.renderer or "unknown", meta.renderer.renderer_class
    if meta.runtime.require_gpu and name in SOFTWARE:
        return _failed(expected, drawn, "mend the driver: `aivj doctor --gpu require --matrix`")
    return _passed(expected, f"{drawn} ({name})")


def _ok_rate(run: Path) -> CheckResult:
    expected = f"at least {MIN_OK_RATE:.0%} of the pairs lit and moving"
    try:
        outputs = summary_outputs(RunDirectory(run).rows())
    except AivjError as error:
        return _failed(expected, error.found, error.remedy)
    found = (
        f"{outputs.ok_rate:.1%} of {outputs.total_samples}, {outputs.too_dark_pct:.1%} too dark, "
        f"{outputs.low_motion_pct:.1%} low motion"
    )
    if outputs.ok_rate < MIN_OK_RATE:
        return _failed(expected, found, "it is the presets, not the sampler: choose other pairs")
    return _passed(expected, found)


def _style_index(folder: Path) -> CheckResult:
    expected = "a style index v1 that a runtime takes"
    try:
        index = read_style_index(folder / style_index_name("v1"), "v1")
    except AivjError as error:
        return _failed(expected, error.found, "see the stage cluster of the log")
    return _passed(expected, f"{len(index.entries)} presets")


def _pictures(night: NightOnDisk) -> CheckResult:
    expected = "a run that keeps every rule, its pictures those that were measured"
    try:
        report = check_run(night.run, packs_root=night.packs_root)
    except AivjError as error:
        return _failed(expected, error.found, error.remedy)
    if not report.passed:
        found = "; ".join(f"{name}: {told}" for name, told in report.failed_checks.items())
        return _failed(expected, found, f"see `aivj check-run {night.run}`")
    return _passed(expected, f"{len(report.checks)} rules")


def _scores(night: NightOnDisk, meta: RunMeta, pack: str) -> CheckResult:
    expected = f"scores newer than the run, deviation at least {MIN_QUALITY_STD}, no file missing"
    path = night.qualities[pack]
    try:
        quality = read_pairs_quality(path)
    except AivjError as error:
        return _failed(expected, error.found, "see the stages train and score of the log")
    problems = list(_score_problems(quality, meta))
    std = quality.quality_stats.std
    if problems:
        return _failed(expected, "; ".join(problems), "see the stages train and score of the log")
    return _passed(expected, f"{len(quality.pairs)} pairs, deviation {std:.3f}")


def _score_problems(quality: PairsQuality, meta: RunMeta) -> Iterator[str]:
    if parse_time(quality.generated_at) <= parse_time(meta.started_at):
        yield f"written {quality.generated_at}, the run began {meta.started_at}"
    if quality.quality_stats.std < MIN_QUALITY_STD:
        yield f"deviation {quality.quality_stats.std:.4f}: nearly all alike"
    if quality.stats.missing_files:
        yield f"{quality.stats.missing_files} files missing"


def _verified(night: NightOnDisk, pack: str) -> CheckResult:
    expected = "a verification passed, of these very scores"
    path = night.reports[pack]
    try:
        report = validated(VerifyReport, read_object(path), str(path))
        digest = sha256_hex(night.qualities[pack].read_bytes())
    except AivjError as error:
        return _failed(expected, error.found, "see the stage verify of the log")
    except OSError:
        return _failed(expected, "no scores are here", "see the stage score of the log")
    if not report.passed:
        failed = "; ".join(f"{name}: {why}" for name, why in report.failed_checks.items())
        return _failed(expected, failed, f"look at the evidence in {path.parent}")
    if report.quality_digest != digest:
        return _failed(expected, "one of other scores", "verify again")
    return _passed(expected, f"{len(report.checks)} checks in {report.renderer.renderer}")


def _served(night: NightOnDisk, pack: str) -> CheckResult:
    expected = "these scores to be what the runtime reads"
    try:
        found = read_pointer(open_bucket(night.bucket_uri), pointer_key(pack))
    except AivjError as error:
        return _failed(expected, error.found, error.remedy)
    if found is None:
        return _failed(expected, "nothing is served", "see the stage promote of the log")
    pointer, _ = found
    served = f"{pointer.digest[:12]} of {pointer.promoted_at}"
    try:
        digest = sha256_hex(night.qualities[pack].read_bytes())
    except OSError:
        return _failed(expected, f"{served}, and no scores are here", "see the stage score")
    if pointer.digest != digest:
        return _failed(expected, f"others are: {served}", "see the stage promote")
    return _passed(expected, f"{served} in {night.bucket_uri}")


def _recorded(spool: Path) -> CheckResult:
    expected = "MLflow to have every run"
    num_waiting = len(waiting_runs(spool))
    if not num_waiting:
        return _passed(expected, "no run waits here")
    return CheckResult(
        verdict="fail",
        required=False,
        expected=expected,
        found=f"{num_waiting} wait in {spool} for a server that was away",
        remedy="`aivj mlflow flush`, then `aivj promote` as before tells its registry",
    )


def _passed(expected: str, found: str) -> CheckResult:
    return CheckResult(verdict="pass", expected=expected, found=found)


def _failed(expected: str, found: str, remedy: str) -> CheckResult:
    return CheckResult(verdict="fail", expected=expected, found=found, remedy=remedy)


def _left_out() -> CheckResult:
    return CheckResult(verdict="not-applicable", expected=_NOT_ASKED, found=_NOT_ASKED)
