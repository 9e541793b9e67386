"""One browser with its own loopback server, rendering one pair after another."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from aivj.audio.clip import SAMPLE_RATE_HZ, AudioClip
from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.pinning import pinned_to_own_gpu
from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.browser.session import BrowserSession
from aivj.browser.tab import PageReply
from aivj.errors import InputError, ItemError, RunError, WorkerLostError
from aivj.sampling import self_test
from aivj.stage.server import StageServer
from aivj.stage.thumbnails import CELL_TOLERANCE, LUMA_TOLERANCE, luma, picture_cells
from aivj.takes.cells import PairCells
from aivj.takes.figures import PairMeasurement, measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings

_TEST_TIMEOUT_S = 60.0
# Pairs; finding all processes of a browser takes milliseconds.
_WEIGH_EVERY = 20
_SHORT = {"foreground": "fg", "background": "bg"}
_CUT_OFF = "equations are left out in frames in which they take too long"
_SEED_STEP = 0x9E3779B1
_SCRIPT = "text => window.__aivj_stage.renderPair(JSON.parse(text)).then(JSON.stringify)"


@dataclass(frozen=True)
class PairJob:
    """One pair to render.

    Attributes:
        pack: Name of its pack.
        pair: Its id in the manifest.
        foreground: Butterchurn's preset as JSON text.
        background: The same for the layer behind.
        clip: Which of the plan's clips it hears.
        iteration: Which pick of the run it is; a pair can be picked more than once.
        degraded: What of the presets will not look as their authors meant.
        digests: SHA-256 of both presets' files, the foreground's first; None where there are none.
    """

    pack: str
    pair: int
    foreground: str
    background: str
    clip: str
    iteration: int = 0
    degraded: tuple[str, ...] = ()
    digests: tuple[str, str] | None = None


@dataclass(frozen=True)
class PairResult:
    """A rendered pair.

    Attributes:
        measurement: Its figures.
        render_ms_per_frame: Wall time; not reproducible, like the other times.
        load_ms: Wall time until the first frame could be drawn.
        num_page_errors: Uncaught exceptions while it was rendered.
        num_console_errors: Console messages of type `error`.
        thumbnail: A WebP picture of the last frame, if asked for.
        degraded: What of the presets was found not to be drawn, beside what the job says.
    """

    measurement: PairMeasurement
    render_ms_per_frame: float
    load_ms: float
    num_page_errors: int
    num_console_errors: int
    thumbnail: bytes | None
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairWorkerPlan:
    """What every worker of a run is made from.

    Attributes:
        launch: How the browser is started.
        policy: Which renderer it must have.
        expected: The renderer that was proved before the run; another one is refused.
        settings: How pairs are rendered.
        clips: Planar bytes of the music by name, see `aivj.audio`.
        thumbnails: Whether to take pictures.
        reload_every: Pairs rendered in one document; 0 keeps it as long as it is healthy.
        memory_limit_bytes: A browser that holds more is replaced.
    """

    launch: LaunchPlan
    policy: GpuPolicy
    expected: RendererReport
    settings: RenderSettings
    clips: Mapping[str, bytes]
    thumbnails: bool = True
    reload_every: int = 100
    memory_limit_bytes: int = 3 * 1024**3


class PairWorker:
    """Renders pairs in one browser."""

    def __init__(self, plan: PairWorkerPlan) -> None:
        self._plan = plan
        self._heard = {name: Heard.of(clip, plan.settings) for name, clip in plan.clips.items()}
        self._num_in_document = 0
        self._num_asked = count()
        self._test_settings = self_test.short(plan.settings)
        test_clip = planar_clip(groove(), self._test_settings)
        self._server = StageServer(clips={**plan.clips, self_test.CLIP: test_clip})
        self._heard_in_test = Heard.of(test_clip, self._test_settings)
        self._browser = BrowserSession(pinned_to_own_gpu(plan.launch), plan.policy)

    async def open(self) -> None:
        """Starts server and browser, and tests them.

        Raises:
            RendererRefusedError: The renderer is not what the run was started for.
            RunError: It is another renderer than that of the run's other workers, or pictures
                are dark, deaf or stuck.
        """
        await self._server.open()
        report = await self._browser.open()
        if report != self._plan.expected:
            raise RunError(
                f"every worker on {self._plan.expected.renderer!r}",
                repr(report.renderer),
                "use nodes of one kind for one run, or sample each kind into its own run",
            )
        first, second = self_test.presets()
        self_test.refuse_blind(await self._test(first, second), await self._test(second, first))

    async def run(self, item: PairJob, timeout_s: float) -> PairResult:
        """Renders and measures one pair; see `aivj.executor.protocol.Worker.run`."""
        try:
            reading, reply = await self._render(item, self._plan.settings, timeout_s)
        finally:
            self._refuse_dead_gpu()
        return _result(reading, reply, self._plan.settings, self._heard[item.clip])

    async def _test(self, foreground: str, background: str) -> PairMeasurement:
        job = PairJob("self-test", 0, foreground, background, self_test.CLIP)
        reading, reply = await self._render(job, self._test_settings, _TEST_TIMEOUT_S)
        return _result(reading, reply, self._test_settings, self._heard_in_test).measurement

    async def _render(
        self, job: PairJob, settings: RenderSettings, timeout_s: float
    ) -> tuple[Mapping[str, Any], PageReply]:
        every = self._plan.reload_every
        num_before, self._num_in_document = self._num_in_document, 0
        fresh = num_before == 0 or (every > 0 and num_before >= every)
        reply = await self._browser.call(
            f"{self._server.origin}/preset-probe.html",
            _SCRIPT,
            self._request_text(job, settings),
            timeout_s,
            fresh=fresh,
        )
        answer = json.loads(str(reply.value))
        if not answer["ok"]:
            raise self._render_error(answer)
        # Only after a success: what a failed pair leaves behind goes with its document.
        self._num_in_document = 1 if fresh else num_before + 1
        return answer["reading"], reply

    def worn(self) -> str | None:
        """Tells why the browser should be replaced; see `aivj.executor.protocol.Worker.worn`."""
        if next(self._num_asked) % _WEIGH_EVERY:
            return None
        used = self._browser.memory_bytes()
        limit = self._plan.memory_limit_bytes
        return (
            f"{used / 1e9:.1f} GB of memory, limit {limit / 1e9:.1f} GB" if used > limit else None
        )

    async def close(self) -> None:
        """Stops browser and server."""
        await self._browser.close()
        await self._server.close()

    def _request_text(self, job: PairJob, settings: RenderSettings) -> str:
        request = {
            "width": settings.width,
            "height": settings.height,
            "meshWidth": settings.mesh_width,
            "meshHeight": settings.mesh_height,
            "warmupFrames": settings.warmup_frames,
            "measureFrames": settings.measure_frames,
            "silentFrames": settings.num_compared,
            "silentEvery": settings.silent_step,
            "framesPerS": settings.frames_per_s,
            **_layer_seeds(settings.seed),
            "clipUrl": f"/clips/{job.clip}.u8",
            "thumbnail": self._plan.thumbnails,
        }
        # The presets are JSON text already: they are pasted in, not parsed and written again.
        presets = f'"foreground":{job.foreground},"background":{job.background}'
        return f"{json.dumps(request)[:-1]},{presets}}}"

    def _refuse_dead_gpu(self) -> None:
        """Whatever the page says: without the process that draws it has read black pictures."""
        if self._browser.gpu_process_died():
            raise WorkerLostError.because("gpu-crash", "the process that draws died meanwhile")

    def _render_error(self, answer: Mapping[str, str]) -> ItemError:
        found = f"{answer['layer']}: {answer['message']}"
        if answer["kind"] == "context-lost":
            return WorkerLostError.because("context-lost", found)
        return ItemError(
            answer["kind"],
            "two presets that compile and draw",
            found,
            "repair the preset or take the pair out of the manifest",
        )


def _layer_seeds(seed: int) -> dict[str, int]:
    """Returns what the layers' random streams start from: seeds in a row are far apart."""
    first = (seed + 1) * _SEED_STEP
    names = ("foregroundSeed", "backgroundSeed")
    return {name: (first + index) % 2**32 for index, name in enumerate(names)}


def _result(
    reading: Mapping[str, Any], reply: PageReply, settings: RenderSettings, heard: Heard
) -> PairResult:
    cells = PairCells.from_bytes(
        base64.b64decode(reading["cells"]),
        measure_frames=settings.measure_frames,
        silent_frames=settings.num_compared,
    )
    thumbnail = base64.b64decode(reading["thumbnail"]) if reading["thumbnail"] else None
    if thumbnail is not None:
        _refuse_other_picture(thumbnail, cells)
    num_frames = settings.warmup_frames + settings.measure_frames
    return PairResult(
        measurement=measure_pair(cells, settings, heard),
        render_ms_per_frame=reading["renderMs"] / num_frames,
        load_ms=reading["loadMs"],
        num_page_errors=len(reply.page_errors),
        num_console_errors=len(reply.console_errors),
        thumbnail=thumbnail,
        degraded=tuple(f"{_SHORT[layer]}: {_CUT_OFF}" for layer in reading["cutOff"]),
    )


def _refuse_other_picture(thumbnail: bytes, cells: PairCells) -> None:
    """Compares the picture with the last measured frame, cell by cell.

    Raises:
        WorkerLostError: It shows something else: what drew or read it is not to be trusted.
    """
    # The page reads the lowest row first.
    measured = luma(cells.music.composite[-1])[::-1]
    try:
        shown = picture_cells(thumbnail, *measured.shape)
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


def planar_clip(clip: AudioClip, settings: RenderSettings) -> bytes:
    """Returns what a worker's plan holds of a clip: as much as a pair hears."""
    return time_bytes(clip, round(settings.duration_s * SAMPLE_RATE_HZ))
