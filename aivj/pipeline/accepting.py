"""Acceptance: a pack verified in a browser, every gate asked, and a page on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import Model, validated
from aivj.contracts.log_stats import FrameTimeStat
from aivj.contracts.uplift import Uplift
from aivj.errors import InputError
from aivj.gate.accept import PAGE_NAME, AcceptReport, AcceptStep, AcceptSubject, Step, run_suite
from aivj.gate.request import VerifyRequest
from aivj.gate.stats import LinkLimits
from aivj.pipeline.verification import verify
from aivj.report.acceptance import AcceptancePage, Picture, write_acceptance

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
        diversity: Report of `aivj diversity` that must have passed; None: none is asked for.
    """

    pack: str
    packs_root: Path
    folder: Path
    artifacts: Path | None = None
    timeout_s: float = 720.0
    limits: LinkLimits | None = None
    diversity: Path | None = None


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
        diversity=request.diversity,
    )
    if verifying is not None and request.artifacts is None:
        subject = replace(subject, make_evidence=_maker(request, verifying, evidence))
    report = run_suite(subject, request.folder, timeout_s=request.timeout_s, on_step=on_step)
    write_acceptance(request.folder / PAGE_NAME, acceptance_page(report, subject))
    return report


def acceptance_page(report: AcceptReport, subject: AcceptSubject) -> AcceptancePage:
    """Gathers what the page shows; what is not there is left out."""
    evidence = subject.loaded_if_any
    values = {} if evidence is None else evidence.values
    renderer = values.get("renderer")
    return AcceptancePage(
        report=report,
        generated_at=datetime.now(UTC),
        renderer=str(renderer["renderer"]) if isinstance(renderer, dict) else "nobody knows",
        is_software=evidence is not None and evidence.is_software,
        gate={} if evidence is None else subject.judged,
        pictures=_pictures(subject.evidence),
        frame_time=None if evidence is None else _frame_time(evidence.frame_time.value),
        uplift=_shown(Uplift, values.get("uplift")),
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


def _pictures(folder: Path) -> list[Picture]:
    paths = [(label, folder / f"{name}.png") for name, label in _PICTURES.items()]
    return [Picture(label, path.read_bytes()) for label, path in paths if path.is_file()]


def _frame_time(document: object) -> FrameTimeStat | None:
    stat = _shown(FrameTimeStat, document)
    return stat if stat is not None and stat.n else None


def _shown(model: type[Model], document: object) -> Model | None:
    """Returns a part of a form that can be drawn; other programs' need not have one."""
    try:
        return validated(model, document, "the evidence")
    except InputError:
        return None
