"""Acceptance: a pack verified in a browser, every gate asked, and a page on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import validated
from aivj.contracts.uplift import Uplift
from aivj.errors import InputError
from aivj.gate.accept import (
    PAGE_NAME,
    AcceptReport,
    AcceptStep,
    AcceptSubject,
    Step,
    run_suite,
)
from aivj.gate.report import Mode
from aivj.gate.request import VerifyRequest
from aivj.gate.stats import FrameTimeStat, LinkLimits
from aivj.gate.stats.preload import LAG_ABOVE_MS
from aivj.gate.verify_check import Evidence, VerifyCheckReport, judge_evidence
from aivj.pipeline.verification import verify
from aivj.report.acceptance import (
    AcceptancePage,
    FrameColumn,
    GateLine,
    PickArm,
    Picture,
    StepLine,
    write_acceptance,
)

EVIDENCE_NAME = "evidence"

_PICTURES = {"weighted": "weighted picks", "shuffle": "shuffled picks", "page": "the page"}


@dataclass(frozen=True)
class AcceptRequest:
    """What is accepted or not.

    Attributes:
        pack: The pack.
        packs_root: Folder that `/presets/...` URLs resolve below.
        folder: Where everything is written.
        artifacts: Folder of evidence that is judged as it is; None: it is made.
        timeout_s: Longest time for all.
        limits: How much of a selection has to be in the run manifest.
    """

    pack: str
    packs_root: Path
    folder: Path
    artifacts: Path | None = None
    timeout_s: float = 720.0
    limits: LinkLimits | None = None


@dataclass(frozen=True)
class Verifying:
    """How the evidence is made.

    Attributes:
        request: What is verified; its hard timeout is cut to what is left.
        prove_renderer: Finds what draws; asked when it comes to it.
        conversion_cache: Folder of converted presets.
        on_progress: Told what is being done.
    """

    request: VerifyRequest
    prove_renderer: Callable[[], RendererChoice]
    conversion_cache: Path
    on_progress: Callable[[str], None]


def accept(
    request: AcceptRequest,
    verifying: Verifying | None,
    *,
    on_step: Callable[[int, Step, AcceptStep | None], None] = lambda *_: None,
) -> AcceptReport:
    """Takes every step of acceptance and writes `accept.json` and `accept.html`.

    Args:
        request: What is accepted or not.
        verifying: How the evidence is made, if the request names none.
        on_step: Told of every step.

    Raises:
        StorageError: The disk did not take a result.
    """
    evidence = request.artifacts or request.folder / EVIDENCE_NAME
    subject = AcceptSubject(
        pack=request.pack,
        packs_root=request.packs_root,
        evidence=evidence,
        libraries=_libraries(verifying),
        limits=request.limits or LinkLimits(),
    )
    if verifying is not None and request.artifacts is None:
        subject = replace(subject, make_evidence=_maker(request, verifying, evidence))
    report = run_suite(subject, request.folder, timeout_s=request.timeout_s, on_step=on_step)
    write_acceptance(request.folder / PAGE_NAME, acceptance_page(report, subject))
    return report


def acceptance_page(report: AcceptReport, subject: AcceptSubject) -> AcceptancePage:
    """Gathers what the page shows; what is not there is left out."""
    evidence = _evidence(subject, "release")
    values = evidence.values if evidence else {}
    renderer = values.get("renderer")
    uplift = _uplift(values.get("uplift"))
    frames = _frames(evidence)
    return AcceptancePage(
        pack=report.pack,
        generated_at=datetime.now(UTC),
        accepted=report.passed,
        duration_s=report.duration_s,
        renderer=str(renderer["renderer"]) if isinstance(renderer, dict) else "nobody knows",
        is_software=evidence is not None and evidence.is_software,
        notices=_notices(report, evidence),
        steps=[_step_line(step) for step in report.steps.values()],
        gate=_gate(subject, evidence),
        pictures=_pictures(subject.evidence),
        frames=[] if frames is None else _columns(frames),
        frames_note="" if frames is None else _frames_note(frames),
        arms=[] if uplift is None else _arms(uplift),
        arms_note="" if uplift is None else f"{uplift.figures}.",
    )


def _libraries(verifying: Verifying | None) -> tuple[str, ...]:
    request = None if verifying is None else verifying.request
    if request is None or request.url is not None or request.preset_library is None:
        return ()
    return (request.preset_library,)


def _maker(request: AcceptRequest, verifying: Verifying, folder: Path) -> Callable[[float], None]:
    def make(seconds: float) -> None:
        hard_timeout_s = min(seconds, verifying.request.hard_timeout_s)
        verify(
            replace(verifying.request, mode="release", hard_timeout_s=hard_timeout_s),
            packs_root=request.packs_root,
            conversion_cache=verifying.conversion_cache,
            choice=verifying.prove_renderer(),
            out_dir=folder,
            limits=request.limits,
            on_progress=verifying.on_progress,
        )

    return make


def _evidence(subject: AcceptSubject, mode: Mode) -> Evidence | None:
    return subject.loaded(mode) if subject.evidence.is_dir() else None


def _notices(report: AcceptReport, evidence: Evidence | None) -> list[str]:
    notices = []
    if report.used_artifacts:
        notices.append("Judged by evidence that was there; nothing was opened for it.")
    if evidence is not None and evidence.is_software:
        notices.append(
            "A CPU drew: times from frame to frame say nothing of a GPU, and are not judged."
        )
    return notices


def _step_line(step: AcceptStep) -> StepLine:
    return StepLine(
        title=step.title,
        verdict=step.verdict,
        found=step.found,
        remedy=step.remedy or "",
        duration_s=step.duration_s,
        evidence=step.evidence,
    )


def _gate(subject: AcceptSubject, evidence: Evidence | None) -> list[GateLine]:
    if evidence is None:
        return []
    release = _judged(evidence, subject)
    dev = _judged(replace(evidence, mode="dev"), subject)
    return [
        GateLine(
            name=name,
            expected=result.expected,
            dev=(dev.checks[name].verdict, dev.checks[name].required),
            release=(result.verdict, result.required),
            found=result.found,
        )
        for name, result in release.checks.items()
    ]


def _judged(evidence: Evidence, subject: AcceptSubject) -> VerifyCheckReport:
    return judge_evidence(evidence, source=str(subject.evidence))


def _pictures(folder: Path) -> list[Picture]:
    paths = [(label, folder / f"{name}.png") for name, label in _PICTURES.items()]
    return [Picture(label, path.read_bytes()) for label, path in paths if path.is_file()]


def _frames(evidence: Evidence | None) -> FrameTimeStat | None:
    """Frame times of a form that can be drawn; other programs' need not have one."""
    document = None if evidence is None else evidence.frame_time.value
    try:
        stat = validated(FrameTimeStat, document, "frame-time.json")
    except InputError:
        return None
    return stat if stat.n else None


def _columns(stat: FrameTimeStat) -> list[FrameColumn]:
    return [
        FrameColumn(f"{column.from_ms}", column.count, column.from_ms >= LAG_ABOVE_MS)
        for column in stat.histogram
    ]


def _frames_note(stat: FrameTimeStat) -> str:
    return (
        f"{stat.n} frames, median {stat.p50_ms or 0:.0f} ms, 95th percentile "
        f"{stat.p95_ms or 0:.0f} ms. Hatched columns are late."
    )


def _uplift(document: object) -> Uplift | None:
    try:
        return validated(Uplift, document, "the report's uplift")
    except InputError:
        return None


def _arms(uplift: Uplift) -> list[PickArm]:
    arms = (("weighted", uplift.weighted), ("shuffled", uplift.shuffle))
    return [PickArm(name, arm.avg_quality, arm.top20_hit_rate) for name, arm in arms]
