"""What `meta.json` says of a live run before it has begun."""

from collections.abc import Sequence

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import LaunchPlan
from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_meta import (
    BrowserUse,
    Heuristic,
    Limits,
    Renderer,
    RunMeta,
    Runtime,
    SampleSettings,
    Stuck,
    Timeouts,
    Viewport,
    WebGl,
)
from aivj.live.address import origin, port
from aivj.live.music import LiveMusic
from aivj.live.settings import LiveSettings
from aivj.sampling.clock import Clock
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_description import coupled_params, pack_target, run_warnings, time_budget


def describe_live_run(
    request: SampleRequest,
    live: LiveSettings,
    packs: Sequence[SamplePack],
    music: LiveMusic,
    choice: RendererChoice,
    clock: Clock,
) -> RunMeta:
    """Returns the description of a live run that begins now."""
    now = clock.now()
    budget = time_budget(request, now)
    report = choice.report
    return RunMeta(
        started_at=iso_utc(now),
        url_base=origin(live.url),
        vite_port=port(live.url),
        vite_port_mode="fixed",
        coupled_pick=request.picking.mode,
        target_samples=request.target_samples,
        budget=budget,
        coupled_params=coupled_params(request),
        packs=[pack_target(pack, request) for pack in packs],
        limits=Limits(max_hours=request.max_hours, reload_every=request.reload_every),
        timeouts=Timeouts(goto_ms=live.goto_timeout_ms, vite_ready_ms=live.server_timeout_ms),
        sample=SampleSettings(
            downsample_size=live.downsample_size,
            interval_ms=live.interval_ms,
            warmup_samples=live.warmup_samples,
            measure_samples=live.measure_samples,
        ),
        stuck=Stuck(
            pick_timeout_ms=live.pick_timeout_ms,
            stuck_max_consecutive=live.stuck_max_consecutive,
            stuck_max_restarts=live.stuck_max_restarts,
            browser_max_restarts=live.browser_max_restarts,
        ),
        heuristic=Heuristic(motion_min=request.motion_min, luma_min=request.luma_min),
        warnings=run_warnings(budget, packs),
        audio=music.use,
        browser=BrowserUse(
            start_maximized=choice.plan.maximized, viewport=_viewport(live, choice.plan)
        ),
        runtime=Runtime(
            gpu_mode=choice.plan.gpu_mode,
            headed=choice.plan.headed,
            require_gpu=choice.policy == "require",
            webgl=WebGl(ok=True, vendor=report.vendor, renderer=report.renderer),
        ),
        driver="live",
        renderer=Renderer(
            renderer_class=report.renderer_class,
            chromium_version=report.chromium_version,
            launch_args=list(choice.plan.args),
        ),
    )


def _viewport(live: LiveSettings, plan: LaunchPlan) -> Viewport:
    if plan.maximized:
        return Viewport(mode="maximized", width=None, height=None, device_scale_factor=None)
    return Viewport(
        width=live.width, height=live.height, device_scale_factor=live.device_scale_factor
    )
