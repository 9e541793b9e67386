"""Opens the player on a pack and judges what it does there."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.session import BrowserSession
from aivj.contracts.json_text import iso_utc
from aivj.gate.arms import Arm, ArmName, ArmRequest, play_arm
from aivj.gate.checks import Findings, judge_all
from aivj.gate.expected import read_expected
from aivj.gate.report import (
    EvidenceCounts,
    GateRenderer,
    VerifyReport,
    console_lines,
    error_lines,
    verdict_of,
    write_logs,
    write_report,
)
from aivj.gate.uplift import Uplift, measure_uplift
from aivj.stage.server import StageServer

_ARMS: tuple[ArmName, ...] = ("weighted", "shuffle")
_CLIP_NAME = "music"


async def verify_pack(
    *,
    pack: str,
    packs_root: Path,
    convert: Callable[[bytes], bytes],
    clip: bytes,
    plan: LaunchPlan,
    policy: GpuPolicy,
    out_dir: Path,
    gamma: float = 4.0,
    num_samples: int = 400,
    seed: int = 0,
    size: tuple[int, int] = (640, 360),
    arm_timeout_s: float = 180.0,
) -> VerifyReport:
    """Plays a pack, weighted and shuffled, and writes the verdict with its evidence.

    Args:
        pack: Pack name.
        packs_root: Folder that `/presets/...` URLs resolve below.
        convert: Makes the JSON of a converted preset from the bytes of a `.milk` file.
        clip: Music: planar mono, left and right, unsigned bytes at 44.1 kHz.
        plan: How the browser is launched.
        policy: Which renderer the browser must have.
        out_dir: Folder of the evidence.
        gamma: How much weighted picks prefer a better score.
        num_samples: Picks of each arm that are compared; fewer than 50 fail.
        seed: Seed of the picks and of the bootstrap.
        size: Width and height that layers are drawn with, in pixels.
        arm_timeout_s: Longest time for one arm.

    Returns:
        The report, as in `report.json`. Whatever is wrong with pack or page is in its checks.

    Raises:
        InputError: `pack` is no pack name.
        RendererRefusedError: The browser's renderer is not what the policy asks for.
        MissingDependencyError: No Chromium, or the stage was not built.
        WorkerLostError: The browser did not start.
        StorageError: The evidence could not be written.
    """
    started_at, started_s = datetime.now(UTC), time.monotonic()
    expected = read_expected(packs_root, pack)
    requests = [ArmRequest(name, pack, gamma, num_samples, seed, size) for name in _ARMS]
    server = StageServer(packs_root=packs_root, clips={_CLIP_NAME: clip}, convert=convert)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(server)
        session = BrowserSession(plan, policy)
        stack.push_async_callback(session.close)
        renderer = await session.open()
        arms = [
            await play_arm(session, server.origin, request, timeout_s=arm_timeout_s)
            for request in requests
        ]
    uplift = _uplift(arms, expected.scores, seed)
    checks = judge_all(Findings(expected, arms, uplift))
    report = VerifyReport(
        url=arms[0].url,
        started_at=iso_utc(started_at),
        duration_s=time.monotonic() - started_s,
        pack=pack,
        quality_digest=expected.quality_digest,
        seed=seed,
        gamma=gamma,
        verdict=verdict_of(checks),
        checks=checks,
        uplift=uplift,
        renderer=GateRenderer.of(plan, renderer),
        counts=EvidenceCounts(console=len(console_lines(arms)), page_errors=len(error_lines(arms))),
        artifacts=write_logs(out_dir, arms),
    )
    write_report(out_dir, report)
    return report


def _uplift(arms: Sequence[Arm], scores: Mapping[int, float], seed: int) -> Uplift | None:
    """Compares the picks by the scores of the file; a pair without one is not compared."""
    weighted, shuffle = (
        [
            (pick.pair, scores[pick.pair])
            for pick in arm.evidence.samples
            if pick.pair is not None and pick.pair in scores
        ]
        for arm in arms
    )
    if not weighted or not shuffle:
        return None
    return measure_uplift(weighted, shuffle, scores.values(), seed=seed)
