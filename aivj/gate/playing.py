"""The browser opened, the arms and the features played in it, everything recorded."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.recorded_tab import RecordedTab
from aivj.browser.renderer import RendererReport
from aivj.browser.session import BrowserSession
from aivj.contracts.verification import TRACE_NAME
from aivj.errors import StorageError, WorkerLostError
from aivj.gate.arms import Arm, ArmRequest, play_arm
from aivj.gate.features import FeaturesPlayed, play_features
from aivj.gate.request import Deadline, OnProgress, VerifyRequest, too_late

_FEATURES_TIMEOUT_S = 240.0


@dataclass(frozen=True)
class Played:
    """Everything that was seen.

    Attributes:
        renderer: What drew.
        arms: The arms, each with its console and its errors.
        features: What came of the features; None if they were not tried.
        feature_lines: Lines of the console meanwhile.
        feature_errors: Page errors meanwhile.
        has_trace: Whether there is a trace.
    """

    renderer: RendererReport
    arms: Sequence[Arm]
    features: FeaturesPlayed | None = None
    feature_lines: Sequence[str] = ()
    feature_errors: Sequence[str] = ()
    has_trace: bool = False

    @property
    def lost(self) -> bool:
        """Whether a page or the browser was lost: another try may do better."""
        features_lost = self.features is not None and self.features.lost
        return features_lost or any(arm.lost for arm in self.arms)

    @property
    def console_lines(self) -> list[str]:
        """What the pages said, in the order in which they were opened."""
        return [*(line for arm in self.arms for line in arm.console), *self.feature_lines]

    @property
    def error_lines(self) -> list[str]:
        """What went wrong in the pages, each with where."""
        lines = [
            f"{arm.name}: {text}"
            for arm in self.arms
            for text in (*arm.page_errors, *([arm.problem] if arm.problem else []))
        ]
        problem = self.features.problem if self.features else ""
        told = [*self.feature_errors, *([problem] if problem else [])]
        return [*lines, *(f"features: {text}" for text in told)]


async def play(
    request: VerifyRequest,
    *,
    origin: str,
    plan: LaunchPlan,
    policy: GpuPolicy,
    out_dir: Path,
    deadline: Deadline,
    on_progress: OnProgress,
) -> Played:
    """Plays everything once in a browser of its own.

    Raises:
        RendererRefusedError: The browser's renderer is not what the policy asks for.
        MissingDependencyError: No Chromium.
        WorkerLostError: The browser did not start.
    """
    page = request.page(origin)
    session = BrowserSession(plan, policy)
    try:
        renderer = await session.open()
        tab = await session.record(
            viewport=request.viewport, device_scale_factor=request.device_scale_factor
        )
        player = _Player(session, tab, deadline, request, on_progress)
        arms = [await player.arm(arm, page) for arm in request.arms()]
        played = Played(renderer, arms)
        if request.features:
            played = await player.with_features(played, page)
        return replace(played, has_trace=await _saved(tab, out_dir / TRACE_NAME))
    finally:
        await session.close()


@contextlib.asynccontextmanager
async def heartbeat(
    deadline: Deadline, seconds: float, on_progress: OnProgress
) -> AsyncIterator[OnProgress]:
    """Gives signs of life during the block, and what to tell what is being done."""
    stage = ["starting"]

    def tell(text: str) -> None:
        stage[0] = text
        on_progress(text)

    async def beat() -> None:
        while True:
            await asyncio.sleep(seconds)
            on_progress(f"{deadline.elapsed_s:.0f} s: {stage[0]}")

    beating = asyncio.create_task(beat()) if seconds > 0 else None
    try:
        yield tell
    finally:
        if beating is not None:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating


class _Player:
    """Plays one thing after the other in the same browser."""

    def __init__(
        self,
        session: BrowserSession,
        tab: RecordedTab,
        deadline: Deadline,
        request: VerifyRequest,
        on_progress: OnProgress,
    ) -> None:
        self._session = session
        self._tab = tab
        self._deadline = deadline
        self._request = request
        self._on_progress = on_progress

    async def arm(self, arm: ArmRequest, page: str) -> Arm:
        if self._deadline.is_over:
            return too_late(arm, page, self._deadline)
        self._on_progress(f"{arm.name} arm")
        timeout_s = self._deadline.within(self._request.arm_timeout_s)
        played = await play_arm(self._session, page, arm, timeout_s=timeout_s)
        return replace(
            played,
            console=tuple(self._tab.take_lines()),
            page_errors=tuple(self._tab.take_errors()),
        )

    async def with_features(self, played: Played, page: str) -> Played:
        request = self._request.feature_request(page)
        if self._deadline.is_over:
            late = FeaturesPlayed(request.url, problem=self._deadline.message)
            return replace(played, features=late)
        if played.lost:
            lost = FeaturesPlayed(request.url, problem="the page was lost before")
            return replace(played, features=lost)
        self._on_progress("features")
        timeout_s = self._deadline.within(_FEATURES_TIMEOUT_S)
        features = await play_features(self._session, request, timeout_s=timeout_s)
        return replace(
            played,
            features=features,
            feature_lines=self._tab.take_lines(),
            feature_errors=self._tab.take_errors(),
        )


async def _saved(tab: RecordedTab, path: Path) -> bool:
    """A browser that was lost takes its trace along; everything else is there without it."""
    try:
        await tab.save_trace(path)
    except StorageError:
        return False
    return True


async def play_until_kept(
    request: VerifyRequest,
    *,
    origin: str,
    plan: LaunchPlan,
    policy: GpuPolicy,
    out_dir: Path,
    on_progress: OnProgress,
) -> tuple[Played, int]:
    """Plays everything, again where page or browser were lost; returns the number of tries too.

    Raises:
        RendererRefusedError: The browser's renderer is not what the policy asks for.
        MissingDependencyError: No Chromium.
        WorkerLostError: The browser did not start, the last time either.
    """
    deadline = Deadline(request.hard_timeout_s)
    async with heartbeat(deadline, request.heartbeat_s, on_progress) as tell:
        attempt = 0
        while True:
            attempt += 1
            is_last = attempt >= request.attempts
            try:
                played = await play(
                    request,
                    origin=origin,
                    plan=plan,
                    policy=policy,
                    out_dir=out_dir,
                    deadline=deadline,
                    on_progress=tell,
                )
            except WorkerLostError:
                if is_last or deadline.is_over:
                    raise
            else:
                if is_last or deadline.is_over or not played.lost:
                    return played, attempt
            tell(f"try {attempt} lost its page, once more")
