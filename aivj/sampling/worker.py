"""One browser with its own loopback server, rendering one pair after another."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.browser.session import BrowserSession
from aivj.browser.tab import PageReply
from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.sampling.cells import Cells
from aivj.sampling.measurement import PairMeasurement, measure_pair
from aivj.sampling.reactivity import Heard
from aivj.sampling.render_settings import RenderSettings
from aivj.stage.server import StageServer

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
    """

    pack: str
    pair: int
    foreground: str
    background: str
    clip: str
    iteration: int = 0


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
    """

    measurement: PairMeasurement
    render_ms_per_frame: float
    load_ms: float
    num_page_errors: int
    num_console_errors: int
    thumbnail: bytes | None


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
        self._server = StageServer(clips=plan.clips)
        self._browser = BrowserSession(plan.launch, plan.policy)

    async def open(self) -> None:
        """Starts server and browser.

        Raises:
            RendererRefusedError: The renderer is not what the run was started for.
            RunError: It is another renderer than that of the run's other workers.
        """
        await self._server.open()
        report = await self._browser.open()
        if report != self._plan.expected:
            raise RunError(
                f"every worker on {self._plan.expected.renderer!r}",
                repr(report.renderer),
                "use nodes of one kind for one run, or sample each kind into its own run",
            )

    async def run(self, item: PairJob, timeout_s: float) -> PairResult:
        """Renders and measures one pair; see `aivj.executor.protocol.Worker.run`."""
        every = self._plan.reload_every
        num_before, self._num_in_document = self._num_in_document, 0
        fresh = num_before == 0 or (every > 0 and num_before >= every)
        reply = await self._browser.call(
            f"{self._server.origin}/preset-probe.html",
            _SCRIPT,
            self._request_text(item),
            timeout_s,
            fresh=fresh,
        )
        answer = json.loads(str(reply.value))
        if not answer["ok"]:
            raise self._render_error(answer)
        # Only after a success: what a failed pair leaves behind goes with its document.
        self._num_in_document = 1 if fresh else num_before + 1
        return self._result(item, answer["reading"], reply)

    def worn(self) -> str | None:
        """Tells why the browser should be replaced; see `aivj.executor.protocol.Worker.worn`."""
        used = self._browser.memory_bytes()
        limit = self._plan.memory_limit_bytes
        return (
            f"{used / 1e9:.1f} GB of memory, limit {limit / 1e9:.1f} GB" if used > limit else None
        )

    async def close(self) -> None:
        """Stops browser and server."""
        await self._browser.close()
        await self._server.close()

    def _request_text(self, job: PairJob) -> str:
        settings = self._plan.settings
        request = {
            "width": settings.width,
            "height": settings.height,
            "meshWidth": settings.mesh_width,
            "meshHeight": settings.mesh_height,
            "warmupFrames": settings.warmup_frames,
            "measureFrames": settings.measure_frames,
            "silentFrames": settings.num_compared,
            "silentEvery": settings.silent_every,
            "framesPerS": settings.frames_per_s,
            "seed": settings.seed,
            "clipUrl": f"/clips/{job.clip}.u8",
            "thumbnail": self._plan.thumbnails,
        }
        # The presets are JSON text already: they are pasted in, not parsed and written again.
        presets = f'"foreground":{job.foreground},"background":{job.background}'
        return f"{json.dumps(request)[:-1]},{presets}}}"

    def _result(self, job: PairJob, reading: Mapping[str, Any], reply: PageReply) -> PairResult:
        settings = self._plan.settings
        cells = Cells.from_bytes(
            base64.b64decode(reading["cells"]),
            measure_frames=settings.measure_frames,
            silent_frames=settings.num_compared,
        )
        thumbnail = reading["thumbnail"]
        return PairResult(
            measurement=measure_pair(cells, settings, self._heard[job.clip]),
            render_ms_per_frame=reading["renderMs"]
            / (settings.warmup_frames + settings.measure_frames),
            load_ms=reading["loadMs"],
            num_page_errors=len(reply.page_errors),
            num_console_errors=len(reply.console_errors),
            thumbnail=base64.b64decode(thumbnail) if thumbnail else None,
        )

    def _render_error(self, answer: Mapping[str, str]) -> ItemError:
        found = f"{answer['layer']}: {answer['message']}"
        if answer["kind"] == "context-lost":
            kind = "gpu-crash" if self._browser.gpu_process_died() else "context-lost"
            return WorkerLostError.because(kind, found)
        return ItemError(
            answer["kind"],
            "two presets that compile and draw",
            found,
            "repair the preset or take the pair out of the manifest",
        )
