"""A live run's record before anything was shown."""

from collections.abc import Sequence

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import LaunchPlan
from aivj.contracts.run_meta import (
    BrowserUse,
    RunMeta,
    SampleSettings,
    Stuck,
    Timeouts,
    Viewport,
)
from aivj.live.address import origin, port
from aivj.live.music import LiveMusic
from aivj.live.settings import LiveSettings
from aivj.runs.clock import Clock
from aivj.sampling.new_record import new_record
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest


def new_live_record(
    request: SampleRequest,
    live: LiveSettings,
    packs: Sequence[SamplePack],
    music: LiveMusic,
    choice: RendererChoice,
    clock: Clock,
) -> RunMeta:
    """Returns the record of a live run that begins now."""
    plan = choice.plan
    changes = {
        "url_base": origin(live.url),
        "vite_port": port(live.url),
        "vite_port_mode": "fixed",
        "timeouts": Timeouts(goto_ms=live.goto_timeout_ms, vite_ready_ms=live.server_timeout_ms),
        "sample": SampleSettings(
            downsample_size=live.downsample_size,
            interval_ms=live.interval_ms,
            warmup_samples=live.warmup_samples,
            measure_samples=live.measure_samples,
        ),
        "stuck": Stuck(
            pick_timeout_ms=live.pick_timeout_ms,
            stuck_max_consecutive=live.stuck_max_consecutive,
            stuck_max_restarts=live.stuck_max_restarts,
            browser_max_restarts=live.browser_max_restarts,
        ),
        "browser": BrowserUse(start_maximized=plan.maximized, viewport=_viewport(live, plan)),
        "driver": "live",
    }
    return new_record(request, packs, music.use, choice, clock).model_copy(update=changes)


def _viewport(live: LiveSettings, plan: LaunchPlan) -> Viewport:
    if plan.maximized:
        return Viewport(mode="maximized", width=None, height=None, device_scale_factor=None)
    return Viewport(
        width=live.width, height=live.height, device_scale_factor=live.device_scale_factor
    )
