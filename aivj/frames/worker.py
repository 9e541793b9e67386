"""One browser with its own loopback server, taking pictures of one preset after another."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.contracts.frames_index import FrameMetrics
from aivj.contracts.json_text import ContractModel, validated
from aivj.errors import InputError, ItemError, RunError
from aivj.frames.capture import NOT_DRAWN, Capture
from aivj.frames.plan import ENDINGS, CapturePlan, Limits
from aivj.stage.shader_links import LINK_SCRIPT, LinkErrors, shaders
from aivj.stage.thumbnails import picture_luma
from aivj.takes.page_worker import PageWorker
from aivj.takes.self_test import presets as test_presets

_SCRIPT = """async (text) => {
  const request = JSON.parse(text);
  return JSON.stringify(await window.__nw_dumpPresetFrames(request));
}"""
_GRACE_S = 15.0
_MIN_LUMA = 0.005
_WORTH_ANOTHER_TRY = ("probe-timeout", "probe-error", "probe-failed", "probe-unavailable")


@dataclass(frozen=True)
class FramesJob:
    """One preset to draw.

    Attributes:
        preset_id: Whose pictures these are.
        preset: Butterchurn's preset as JSON text.
    """

    preset_id: str
    preset: str


@dataclass(frozen=True)
class WorkerPlan:
    """What every worker of a run is made from.

    Attributes:
        launch: How the browser is started.
        policy: Which renderer it must have.
        expected: The renderer that was proved before; another one is refused.
        capture: How pictures are taken.
        limits: What they must be like.
        retry_times: How often a preset is tried again after the machinery failed it.
        refresh_every: Presets drawn in one document; 0 keeps it as long as it is healthy.
    """

    launch: LaunchPlan
    policy: GpuPolicy
    expected: RendererReport
    capture: CapturePlan
    limits: Limits
    retry_times: int
    refresh_every: int

    @property
    def try_s(self) -> float:
        """Longest time for a try, the page's own and what it takes to say so."""
        return self.capture.timeout_ms / 1000 + _GRACE_S


class _Picture(ContractModel):
    mime: str
    b64: str


class _Reply(ContractModel):
    ok: bool
    reasons: tuple[str, ...] = ()
    error_text: str | None = None
    metrics: FrameMetrics | None = None
    frames: tuple[_Picture, ...] = Field(default=(), max_length=200)


class FramesWorker(PageWorker):
    """Takes pictures of presets in one browser; see `aivj.executor.protocol.Worker`."""

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan
        super().__init__(plan.launch, plan.policy, plan.expected, reload_every=plan.refresh_every)

    async def open(self) -> None:
        """Starts server and browser, and proves that what it pictures shows.

        Raises:
            RendererRefusedError: The renderer is not what the run was started for.
            RunError: It is another renderer than that of the run's other workers, or pictures
                are dark or stuck.
        """
        await super().open()
        plan = replace(self._plan.capture, warmup_frames=2, capture_count=1)
        first, second = [await self._dump(each, plan, Limits()) for each in test_presets()]
        _refuse_blind(first, second)

    async def run(self, item: FramesJob, timeout_s: float) -> Capture:
        """Takes the pictures of a preset, if need be in several tries.

        Raises:
            WorkerLostError: Page or browser are no longer fit for use.
        """
        del timeout_s  # The page has its own for each try, and the executor one for all.
        capture = Capture()
        for _ in range(self._plan.retry_times + 1):
            capture = await self._dump_linked(item.preset)
            self.refuse_dead_gpu()
            if not any(reason.startswith(_WORTH_ANOTHER_TRY) for reason in capture.reasons):
                return capture
        return capture

    async def _dump_linked(self, preset: str) -> Capture:
        """Takes the pictures, with Butterchurn's own shader in place of one that does not link."""
        capture = await self._dump(preset, self._plan.capture, self._plan.limits)
        if NOT_DRAWN not in capture.reasons:
            return capture
        found = json.loads(preset)
        reply = await self._browser.call(self.page, LINK_SCRIPT, shaders(found), self._plan.try_s)
        broken = LinkErrors.model_validate(reply.value).broken
        if not broken:
            return capture
        linked = json.dumps(found | dict.fromkeys(broken, ""))
        return await self._dump(linked, self._plan.capture, self._plan.limits)

    async def _dump(self, preset: str, plan: CapturePlan, limits: Limits) -> Capture:
        text = json.dumps(plan.request(json.loads(preset), limits))
        reply = await self.ask(_SCRIPT, text, self._plan.try_s)
        capture = _capture(json.loads(str(reply.value)))
        if capture.metrics is not None:
            self.keep_document()
        return capture


def _capture(value: Any) -> Capture:
    """Reads what the page says.

    Raises:
        ItemError: It is no such answer.
    """
    try:
        reply = validated(_Reply, value, "the page's answer")
        pictures = tuple(base64.b64decode(each.b64, validate=True) for each in reply.frames)
        (ending,) = {ENDINGS[each.mime] for each in reply.frames} or {"webp"}
    except (InputError, binascii.Error, KeyError, ValueError) as error:
        raise ItemError(
            "page-error",
            "pictures of one format in the page's answer",
            str(error),
            "build the stage again with `make setup`",
        ) from error
    reasons = reply.reasons if reply.ok or reply.reasons else ("probe-failed",)
    return Capture(pictures, ending, reply.metrics, reasons, reply.error_text)


def _refuse_blind(first: Capture, second: Capture) -> None:
    """Checks the pictures of the two presets of the self-test.

    Raises:
        RunError: They are missing, dark, or one and the same.
    """
    fits = first.pictures and second.pictures and first.pictures != second.pictures
    lumas = [picture_luma(picture) for picture in (*first.pictures, *second.pictures)]
    if not fits or min(lumas) < _MIN_LUMA:
        raise RunError(
            "two bright pictures, unlike each other, in the self-test of a browser",
            f"mean luma {lumas}; {first.error_text or second.error_text or 'no error'}",
            "run `aivj doctor`, then the same command again",
        )
