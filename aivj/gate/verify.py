"""Opens a page, judges what it does there, and writes the verdict with its evidence."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.contracts.checks import VerifyCheckReport
from aivj.contracts.json_text import iso_utc
from aivj.contracts.uplift import Uplift
from aivj.contracts.verification import (
    CoupledConfig,
    LogCounts,
    PageCheck,
    PageRenderer,
    SelectionStats,
    VerifyReport,
    write_schema_check,
    write_verify_report,
)
from aivj.gate.arms import Arm
from aivj.gate.evidence_files import clear_evidence, write_evidence
from aivj.gate.expected import ExpectedPack, read_expected
from aivj.gate.features import judge_features
from aivj.gate.playing import Played, play_until_kept
from aivj.gate.request import OnProgress, VerifyRequest
from aivj.gate.seen import Seen, judge_seen
from aivj.gate.stats import LinkLimits
from aivj.gate.uplift import measure_uplift
from aivj.gate.verify_check import judge_evidence, load_evidence, required_in, schema_check
from aivj.stage.server import StageServer

_CLIP_NAME = "music"
_OUTPUTS = "outputsPanel"


@dataclass(frozen=True)
class Verification:
    """What came of it.

    Attributes:
        report: As in `report.json`.
        gate: What the table of `aivj.gate.verify_check` makes of the evidence.
    """

    report: VerifyReport
    gate: VerifyCheckReport


async def verify_page(
    request: VerifyRequest,
    *,
    packs_root: Path,
    convert: Callable[[bytes], bytes],
    clip: bytes,
    plan: LaunchPlan,
    policy: GpuPolicy,
    out_dir: Path,
    limits: LinkLimits | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Verification:
    """Plays a page and writes the verdict with its evidence.

    The verdict is that of `aivj verify-check` on the folder that was written.

    Args:
        request: What is verified.
        packs_root: Folder that `/presets/...` URLs resolve below.
        convert: Makes the JSON of a converted preset from the bytes of a `.milk` file.
        clip: Music: planar mono, left and right, unsigned bytes at 44.1 kHz.
        plan: How the browser is launched.
        policy: Which renderer the browser must have.
        out_dir: Folder of the evidence.
        limits: How much of a selection has to be in the run manifest.
        on_progress: Told what is being done.

    Returns:
        Report and verdict. Whatever is wrong with pack or page is in their checks.

    Raises:
        InputError: The pack has no pack's name.
        RendererRefusedError: The browser's renderer is not what the policy asks for.
        MissingDependencyError: No Chromium, or the stage was not built.
        WorkerLostError: The browser did not start.
        StorageError: The evidence could not be written.
    """
    started_at, started_s = datetime.now(UTC), time.monotonic()
    expected = None if request.pack is None else read_expected(packs_root, request.pack)
    clear_evidence(out_dir)
    async with contextlib.AsyncExitStack() as stack:
        origin = ""
        if request.url is None:
            server = StageServer(packs_root=packs_root, clips={_CLIP_NAME: clip}, convert=convert)
            origin = await server.open(request.host, request.port)
            stack.push_async_callback(server.close)
        played, attempts = await play_until_kept(
            request,
            origin=origin,
            plan=plan,
            policy=policy,
            out_dir=out_dir,
            on_progress=on_progress,
        )
    artifacts = write_evidence(
        out_dir,
        played,
        started_at=started_at,
        names_manifest="runManifestUrl=" in played.arms[0].url,
    )
    uplift = None if expected is None else _uplift(played.arms, expected.scores, request.seed)
    report = VerifyReport(
        mode=request.mode,
        url=played.arms[0].url,
        started_at=iso_utc(started_at),
        duration_s=time.monotonic() - started_s,
        attempts=attempts,
        device_scale_factor=request.device_scale_factor,
        pack=request.pack,
        quality_digest=None if expected is None else expected.quality_digest,
        seed=request.seed,
        gamma=request.gamma,
        final_coupled_cfg=_coupled_config(request),
        verdict="failed",
        checks=_checks(request, expected, played, uplift),
        sel_stats=_selection_stats(request, played.arms),
        uplift=uplift,
        renderer=_renderer(plan, played.renderer),
        counts=LogCounts(console=len(played.console_lines), page_errors=len(played.error_lines)),
        artifacts=artifacts,
    )
    return _judged(report, out_dir, packs_root, limits)


def _judged(
    report: VerifyReport, out_dir: Path, packs_root: Path, limits: LinkLimits | None
) -> Verification:
    """Writes the report, has the folder judged, and writes the verdict into it."""
    write_verify_report(out_dir, report)
    evidence = load_evidence(out_dir, mode=report.mode, packs_root=packs_root, limits=limits)
    gate = judge_evidence(evidence, source=str(out_dir))
    write_schema_check(out_dir, schema_check(evidence, gate))
    if gate.passed:
        report = report.model_copy(update={"verdict": "passed"})
        write_verify_report(out_dir, report)
    return Verification(report, gate)


def _renderer(plan: LaunchPlan, found: RendererReport) -> PageRenderer:
    return PageRenderer(
        profile=plan.profile,
        renderer_class=found.renderer_class,
        vendor=found.vendor,
        renderer=found.renderer,
        gl_version=found.gl_version,
        chromium_version=found.chromium_version,
    )


def _checks(
    request: VerifyRequest, expected: ExpectedPack | None, played: Played, uplift: Uplift | None
) -> dict[str, PageCheck]:
    required = required_in(request.mode) | ({_OUTPUTS} if request.strict_outputs else set())
    checks = judge_seen(Seen(expected, played.arms, uplift), required=required)
    features = played.features
    if features is None:
        return checks
    told = judge_features(
        features.answers,
        is_software=played.renderer.is_software,
        problem=features.problem,
        required=required,
    )
    return {**checks, **told}


def _uplift(arms: Sequence[Arm], scores: Mapping[int, float], seed: int) -> Uplift | None:
    """Compares the picks by the scores of the file; a pair without one is not compared."""
    weighted, shuffle = (
        [
            (pick.pair, scores[pick.pair])
            for pick in arm.samples
            if pick.pair is not None and pick.pair in scores
        ]
        for arm in arms
    )
    if not weighted or not shuffle:
        return None
    return measure_uplift(weighted, shuffle, scores.values(), seed=seed)


def _coupled_config(request: VerifyRequest) -> CoupledConfig | None:
    if request.pack is None:
        return None
    return CoupledConfig(pack=request.pack, gamma=request.gamma, explore=request.explore)


def _selection_stats(request: VerifyRequest, arms: Sequence[Arm]) -> SelectionStats | None:
    if request.pack is None:
        return None
    sampling = request.sampling
    counts = Counter({arm.name: len(arm.samples) for arm in arms})
    clicks = sum(arm.answers.clicks_used for arm in arms)
    return SelectionStats(
        samples_collected=counts.total(),
        target_samples=len(arms) * (sampling.num_shown if clicks else sampling.num_samples),
        clicks_used=clicks,
        samples_per_click=counts.total() / clicks if clicks else None,
        elapsed_ms=sum(arm.answers.sampling_ms for arm in arms),
        abort_like_count=sum(bool(arm.problem) for arm in arms),
        coupled_pick_mode_counts=dict(counts),
    )
