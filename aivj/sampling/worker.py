"""One browser with its own loopback server, rendering one pair after another."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aivj.browser.profiles import GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport
from aivj.browser.session import BrowserSession
from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.sampling.measurement import PairMeasurement, Series, measure_pair
from aivj.sampling.render_settings import RenderSettings
from aivj.stage.server import StageServer

_CLIP = "session"
_SCRIPT = "text => window.__aivj_stage.renderPair(JSON.parse(text)).then(JSON.stringify)"


@dataclass(frozen=True)
class PairJob:
    """One pair to render. Presets are Butterchurn's, as JSON text."""

    pair: int
    foreground: str
    background: str


@dataclass(frozen=True)
class PairResult:
    """A rendered pair.

    Attributes:
        measurement: Its figures.
        render_ms_per_frame: Wall time; the one figure that is not reproducible.
        num_page_errors: Uncaught exceptions while it was rendered.
        num_console_errors: Console messages of type `error`.
        thumbnail: A WebP picture of the last frame, if asked for.
    """

    measurement: PairMeasurement
    render_ms_per_frame: float
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
        clip: Planar bytes of the music, see `aivj.audio`.
        thumbnails: Whether to take pictures.
        pair_timeout_s: After this a page counts as hung and its browser is replaced.
    """

    launch: LaunchPlan
    policy: GpuPolicy
    expected: RendererReport
    settings: RenderSettings
    clip: bytes
    thumbnails: bool = True
    pair_timeout_s: float = 60.0


class PairWorker:
    """Renders pairs in one browser; each pair on a fresh page."""

    def __init__(self, plan: PairWorkerPlan) -> None:
        self._plan = plan
        self._server = StageServer(clips={_CLIP: plan.clip})
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

    async def run(self, item: PairJob) -> PairResult:
        """Renders and measures one pair. Raises as `aivj.executor.Worker.run` says."""
        reply = await self._browser.call(
            f"{self._server.origin}/preset-probe.html",
            _SCRIPT,
            self._request_text(item),
            self._plan.pair_timeout_s,
        )
        answer = json.loads(str(reply.value))
        if not answer["ok"]:
            raise _render_error(answer)
        return self._result(
            answer["measurement"], len(reply.page_errors), len(reply.console_errors)
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
            "warmupFrames": settings.warmup_frames,
            "measureFrames": settings.measure_frames,
            "framesPerS": settings.frames_per_s,
            "seed": settings.seed,
            "clipUrl": f"/clips/{_CLIP}.u8",
            "thumbnail": self._plan.thumbnails,
        }
        # The presets are JSON text already: they are pasted in, not parsed and written again.
        presets = f'"foreground":{job.foreground},"background":{job.background}'
        return f"{json.dumps(request)[:-1]},{presets}}}"

    def _result(
        self, measured: Mapping[str, Any], num_page_errors: int, num_console_errors: int
    ) -> PairResult:
        settings = self._plan.settings
        names = ("composite", "foreground", "background")
        thumbnail = measured["thumbnail"]
        return PairResult(
            measurement=measure_pair(*(Series.from_json(measured[name]) for name in names)),
            render_ms_per_frame=measured["renderMs"]
            / (settings.warmup_frames + settings.measure_frames),
            num_page_errors=num_page_errors,
            num_console_errors=num_console_errors,
            thumbnail=base64.b64decode(thumbnail) if thumbnail else None,
        )


def _render_error(answer: Mapping[str, str]) -> ItemError:
    found = f"{answer['layer']}: {answer['message']}"
    if answer["kind"] == "context-lost":
        return WorkerLostError.because("context-lost", found)
    return ItemError(
        answer["kind"],
        "two presets that compile and draw",
        found,
        "repair the preset or take the pair out of the manifest",
    )
