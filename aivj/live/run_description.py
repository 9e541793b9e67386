"""What `meta.json` says of a live run before it has begun."""

from collections.abc import Sequence
from datetime import timedelta

from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_meta import (
    BrowserUse,
    Budget,
    CoupledParams,
    Heuristic,
    Limits,
    PackTarget,
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
    hours = request.effective_max_hours
    was_clamped = hours > request.max_hours
    report = choice.report
    return RunMeta(
        started_at=iso_utc(now),
        url_base=origin(live.url),
        vite_port=port(live.url),
        vite_port_mode="fixed",
        coupled_pick=request.picking.mode,
        target_samples=request.target_samples,
        budget=Budget(
            input_max_hours=request.max_hours,
            effective_max_hours=hours,
            was_clamped=was_clamped,
            start_time_iso=iso_utc(now),
            deadline_time_iso=iso_utc(now + timedelta(hours=hours)),
        ),
        coupled_params=_coupled_params(request),
        packs=[_pack_target(pack, request) for pack in packs],
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
        warnings=["maxHours_too_small_for_restart_prone_flow"] if was_clamped else [],
        audio=music.use,
        browser=BrowserUse(
            viewport=Viewport(
                width=live.width,
                height=live.height,
                device_scale_factor=live.device_scale_factor,
            )
        ),
        runtime=Runtime(
            gpu_mode="off" if choice.policy == "software" else "safe",
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


def _coupled_params(request: SampleRequest) -> CoupledParams | None:
    picking = request.picking
    if picking.mode != "weighted":
        return None
    return CoupledParams(
        coupled_gamma=picking.gamma,
        coupled_explore=picking.explore,
        coupled_dedup_n=picking.dedup_n,
        coupled_dedup_penalty=picking.dedup_penalty,
    )


def _pack_target(pack: SamplePack, request: SampleRequest) -> PackTarget:
    return PackTarget(
        pack=pack.name,
        manifest_path=pack.manifest_path.as_posix(),
        pair_count=len(pack.pairs),
        unique_pair_ids=len(pack.pairs),
        target_coverage=request.target_coverage,
        target_unique_pairs=pack.target.num_unique,
    )
