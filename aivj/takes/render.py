"""One browser with its own loopback server, drawing one preset after another into the store."""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from aivj.audio.clip import SAMPLE_RATE_HZ, AudioClip
from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.errors import InputError, ItemError, WorkerLostError
from aivj.stage.shader_links import LINK_SCRIPT, LinkErrors, shaders
from aivj.stage.thumbnails import CELL_TOLERANCE, LUMA_TOLERANCE, luma, picture_cells
from aivj.takes import self_test
from aivj.takes.cells import Bytes, LayerCells, PairCells
from aivj.takes.conditions import layer_seed
from aivj.takes.page_worker import MEMORY_LIMIT_BYTES, PageWorker
from aivj.takes.settings import RenderSettings
from aivj.takes.store import StorePlace, TakeWriter
from aivj.takes.take import Drawn, Take

if TYPE_CHECKING:
    from aivj.browser.tab import PageReply

_TEST_TIMEOUT_S = 60.0
_SMALL_LOTS = {1, 3, 7}
"""After so many presets a worker writes what it has in hand: somebody waits for the first rows."""

_CUT_OFF = "equations are left out in frames in which they take too long"


@dataclass(frozen=True)
class TakeJob:
    """One preset to draw.

    Attributes:
        clip: Which of the plan's clips it hears.
        content: Its content hash, see `aivj.presets.digest.content_hash`.
        preset: Butterchurn's preset as JSON text.
        degraded: What of it will not look as its author meant.
    """

    clip: str
    content: str
    preset: str
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProofJob:
    """A pair to draw whole, so that what is computed from takes can be held against it.

    Attributes:
        name: What to call it.
        foreground: The layer in front.
        background: The layer behind.
    """

    name: str
    foreground: TakeJob
    background: TakeJob


DrawJob = TakeJob | ProofJob


@dataclass(frozen=True)
class Kept:
    """A preset that was drawn.

    Attributes:
        written: What the store has of this and of earlier presets since, see `TakeStore.see`; None
            if this one is in the worker's hand, and lost with it.
        load_ms: Wall time until the first frame could be drawn.
        render_ms: Wall time of all frames.
    """

    written: str | None
    load_ms: float
    render_ms: float


@dataclass(frozen=True)
class TakePlan:
    """What every worker of a run is made from.

    Attributes:
        launch: How the browser is started.
        policy: Which renderer it must have.
        expected: The renderer that was proved before the run; another one is refused.
        settings: How presets are rendered.
        clips: Planar bytes of the music by name, see `aivj.audio`.
        places: Where the takes of each clip are kept.
        reload_every: Presets drawn in one document; 0 keeps it as long as it is healthy.
        memory_limit_bytes: A browser that holds more is replaced.
    """

    launch: LaunchPlan
    policy: GpuPolicy
    expected: RendererReport
    settings: RenderSettings
    clips: Mapping[str, bytes]
    places: Mapping[str, StorePlace]
    reload_every: int = 200
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES


class TakeWorker(PageWorker):
    """Draws presets in one browser."""

    def __init__(self, plan: TakePlan) -> None:
        self._plan = plan
        self._writers: dict[str, TakeWriter] = {}
        self._num_kept = 0
        self._test_settings = self_test.short(plan.settings)
        test_clip = planar_clip(groove(), self._test_settings)
        super().__init__(
            plan.launch,
            plan.policy,
            plan.expected,
            clips={**plan.clips, self_test.CLIP: test_clip},
            reload_every=plan.reload_every,
            memory_limit_bytes=plan.memory_limit_bytes,
            one_kind="use nodes of one kind for one run, or sample each kind into its own run",
        )

    async def open(self) -> None:
        """Starts server and browser, and tests them.

        Raises:
            RendererRefusedError: The renderer is not what the run was started for.
            RunError: It is another renderer than that of the run's other workers, or pictures
                are dark, deaf or stuck.
        """
        await super().open()
        first, second = [await self._test(preset) for preset in self_test.presets()]
        self_test.refuse_blind(first, second, self._test_settings)

    async def run(self, item: DrawJob, timeout_s: float) -> Kept | PairCells:
        """Draws a preset into the store, or a pair whole; see `Worker.run`."""
        try:
            if isinstance(item, ProofJob):
                return await self._draw_linked_pair(item, timeout_s)
            drawn = await self._draw_linked(item, timeout_s)
        finally:
            self.refuse_dead_gpu()
        report = self._plan.expected
        take = Take(item.content, drawn, report.renderer, report.chromium_version)
        written = await asyncio.to_thread(self._keep, item.clip, take)
        num_frames = self._plan.settings.num_frames
        return Kept(written, drawn.load_ms, drawn.render_ms_per_frame * num_frames)

    async def close(self) -> None:
        """Keeps what is in hand, and stops browser and server."""
        writers, self._writers = self._writers, {}
        try:
            for writer in writers.values():
                await asyncio.to_thread(writer.close)
        finally:
            await super().close()

    def _keep(self, clip: str, take: Take) -> str | None:
        if clip not in self._writers:
            self._writers[clip] = self._plan.places[clip].writer()
        self._num_kept += 1
        written = self._writers[clip].add(take)
        return self._writers[clip].flush() if self._num_kept in _SMALL_LOTS else written

    async def _test(self, preset: str) -> LayerCells:
        job = TakeJob(self_test.CLIP, "self-test", preset)
        return (await self._draw(job, self._test_settings, _TEST_TIMEOUT_S)).cells

    async def _draw_linked(self, job: TakeJob, timeout_s: float) -> Drawn:
        """Draws a preset, with Butterchurn's own shader in place of one that does not link."""
        try:
            return await self._draw(job, self._plan.settings, timeout_s)
        except ItemError as error:
            if error.kind != "shader-link":
                raise
            linked = await self._linked(job, timeout_s)
        return await self._draw(linked, self._plan.settings, timeout_s)

    async def _linked(self, job: TakeJob, timeout_s: float) -> TakeJob:
        """Returns the job without the shaders that do not link, degraded by their loss."""
        preset = json.loads(job.preset)
        call = self._browser.call(self.page, LINK_SCRIPT, shaders(preset), timeout_s, fresh=True)
        errors = LinkErrors.model_validate((await call).value)
        kept = json.dumps(preset | dict.fromkeys(errors.broken, ""), separators=(",", ":"))
        return replace(job, preset=kept, degraded=(*job.degraded, *errors.reasons))

    async def _draw(self, job: TakeJob, settings: RenderSettings, timeout_s: float) -> Drawn:
        reading, reply = await self._call("renderTake", take_request(job, settings), timeout_s)
        cells = LayerCells.from_bytes(
            base64.b64decode(reading["cells"]),
            measure_frames=settings.measure_frames,
            silent_frames=settings.num_compared,
        )
        first, middle, last = map(base64.b64decode, reading["pictures"])
        _refuse_other_picture(last, cells.music[-1])
        return Drawn(
            cells=cells,
            pictures=(first, middle, last),
            load_ms=reading["loadMs"],
            render_ms_per_frame=reading["renderMs"] / settings.num_frames,
            num_page_errors=len(reply.page_errors),
            num_console_errors=len(reply.console_errors),
            degraded=(*job.degraded, _CUT_OFF) if reading["cutOff"] else job.degraded,
        )

    async def _draw_linked_pair(self, job: ProofJob, timeout_s: float) -> PairCells:
        """Draws a pair of what its takes were drawn of, see `_draw_linked`."""
        try:
            return await self._draw_pair(job, timeout_s)
        except ItemError as error:
            if error.kind != "shader-link":
                raise
            layers = (job.foreground, job.background)
            linked = [await self._linked(layer, timeout_s) for layer in layers]
        return await self._draw_pair(ProofJob(job.name, *linked), timeout_s)

    async def _draw_pair(self, job: ProofJob, timeout_s: float) -> PairCells:
        settings, layers = self._plan.settings, (job.foreground, job.background)
        request = {
            **_request(settings, job.foreground.clip),
            "foregroundSeed": layer_seed(job.foreground.content),
            "backgroundSeed": layer_seed(job.background.content),
        }
        foreground, background = (layer.preset for layer in layers)
        text = _with_presets(request, foreground=foreground, background=background)
        reading, _ = await self._call("renderPair", text, timeout_s)
        return PairCells.from_bytes(
            base64.b64decode(reading["cells"]),
            measure_frames=settings.measure_frames,
            silent_frames=settings.num_compared,
        )

    async def _call(
        self, hook: str, request: str, timeout_s: float
    ) -> tuple[Mapping[str, Any], "PageReply"]:
        reply = await self.ask(_script(hook), request, timeout_s)
        answer = json.loads(str(reply.value))
        if not answer["ok"]:
            raise _render_error(answer)
        self.keep_document()
        return answer["reading"], reply


def planar_clip(clip: AudioClip, settings: RenderSettings) -> bytes:
    """Returns what a worker's plan holds of a clip: as much as a preset hears."""
    return time_bytes(clip, round(settings.duration_s * SAMPLE_RATE_HZ))


def _script(hook: str) -> str:
    return f"text => window.__aivj_stage.{hook}(JSON.parse(text)).then(JSON.stringify)"


def take_request(job: TakeJob, settings: RenderSettings) -> str:
    """Returns as JSON what the page is asked for to draw a preset."""
    request = {**_request(settings, job.clip), "seed": layer_seed(job.content), "pictures": True}
    return _with_presets(request, preset=job.preset)


def _request(settings: RenderSettings, clip: str) -> dict[str, object]:
    return {
        "width": settings.width,
        "height": settings.height,
        "meshWidth": settings.mesh_width,
        "meshHeight": settings.mesh_height,
        "warmupFrames": settings.warmup_frames,
        "measureFrames": settings.measure_frames,
        "silentFrames": settings.num_compared,
        "silentEvery": settings.silent_step,
        "framesPerS": settings.frames_per_s,
        "clipUrl": f"/clips/{clip}.u8",
    }


def _with_presets(request: Mapping[str, object], **presets: str) -> str:
    """Presets are JSON text already: they are pasted in, not parsed and written again."""
    pasted = ",".join(f'"{name}":{text}' for name, text in presets.items())
    return f"{json.dumps(request)[:-1]},{pasted}}}"


def _render_error(answer: Mapping[str, str]) -> ItemError:
    found = answer["message"]
    if answer["kind"] == "context-lost":
        return WorkerLostError.because("context-lost", found)
    return ItemError(
        answer["kind"],
        "a preset that compiles and draws",
        found,
        "repair the preset or take its pairs out of the manifest",
    )


def _refuse_other_picture(picture: bytes, frame: Bytes) -> None:
    """Compares a picture with the frame that it shows, cell by cell.

    Raises:
        WorkerLostError: It shows something else: what drew or read it is not to be trusted.
    """
    # The page reads the lowest row first.
    measured = luma(frame)[::-1]
    try:
        shown = picture_cells(picture, *measured.shape)
    except InputError as error:
        raise WorkerLostError.because("other-picture", error.found) from error
    difference = float(np.abs(shown - measured).mean())
    luma_difference = abs(float(shown.mean() - measured.mean()))
    if luma_difference > LUMA_TOLERANCE or difference > CELL_TOLERANCE:
        raise WorkerLostError.because(
            "other-picture",
            f"a picture of luma {shown.mean():.3f} beside a frame of {measured.mean():.3f}, "
            f"{difference:.3f} apart in the mean of their cells",
        )
