"""A run's record before anything was rendered."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from aivj.audio.click import CLICK_NAME
from aivj.audio.groove import GROOVE_NAME
from aivj.audio.playlist import Playlist
from aivj.browser.choice import RendererChoice
from aivj.contracts.json_text import iso_utc
from aivj.contracts.run_meta import (
    AudioRequest,
    AudioUse,
    BrowserUse,
    Budget,
    CoupledParams,
    Heuristic,
    Limits,
    Renderer,
    RenderUse,
    RunMeta,
    Runtime,
    TakesUse,
    Viewport,
    WebGl,
)
from aivj.runs.clock import Clock
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest
from aivj.takes.shelf import TakeShelf


def new_record(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    audio: AudioUse,
    choice: RendererChoice,
    clock: Clock,
) -> RunMeta:
    """Returns the record of a run that begins now, as far as it is the same for all drivers."""
    now = clock.now()
    report = choice.report
    budget = _time_budget(request, now)
    return RunMeta(
        started_at=iso_utc(now),
        url_base="http://127.0.0.1/",
        vite_port=0,
        coupled_pick=request.picking.mode,
        target_samples=request.target_samples,
        budget=budget,
        coupled_params=_coupled_params(request),
        packs=[pack.aim(request.target_coverage) for pack in packs],
        limits=Limits(max_hours=request.max_hours, reload_every=request.reload_every),
        heuristic=_heuristic(request),
        warnings=_warnings(budget, packs),
        audio=audio,
        runtime=Runtime(
            gpu_mode=choice.plan.gpu_mode,
            headed=choice.plan.headed,
            require_gpu=choice.policy == "require",
            webgl=WebGl(ok=True, vendor=report.vendor, renderer=report.renderer),
        ),
        renderer=Renderer(
            renderer_class=report.renderer_class,
            chromium_version=report.chromium_version,
            launch_args=list(choice.plan.args),
        ),
    )


def new_stage_record(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    playlist: Playlist,
    choice: RendererChoice,
    shelf: TakeShelf,
    clock: Clock,
) -> RunMeta:
    """Returns the record of a run on our own stage that begins now."""
    settings = request.settings
    viewport = Viewport(width=settings.width, height=settings.height, device_scale_factor=1)
    changes = {
        "browser": BrowserUse(start_maximized=choice.plan.maximized, viewport=viewport),
        "driver": "stage",
        "seed": request.seed,
        "render": _render_use(request),
        "takes": TakesUse(uri=shelf.uri, conditions=shelf.conditions),
    }
    fresh = new_record(request, packs, _audio_use(playlist), choice, clock)
    return fresh.model_copy(update=changes)


def asked_again(
    earlier: RunMeta, request: SampleRequest, packs: Sequence[SamplePack], playlist: Playlist
) -> RunMeta:
    """Returns how `request` would describe an earlier run whose renderer it does not change."""
    changes = {
        "coupled_pick": request.picking.mode,
        "target_samples": request.target_samples,
        "coupled_params": _coupled_params(request),
        "packs": [pack.aim(request.target_coverage) for pack in packs],
        "heuristic": _heuristic(request),
        "audio": _audio_use(playlist),
        "driver": "stage",
        "seed": request.seed,
        "render": _render_use(request),
    }
    return earlier.model_copy(update=changes)


def _heuristic(request: SampleRequest) -> Heuristic:
    return Heuristic(motion_min=request.motion_min, luma_min=request.luma_min)


def _render_use(request: SampleRequest) -> RenderUse:
    return RenderUse(**asdict(request.settings))


def _time_budget(request: SampleRequest, now: datetime) -> Budget:
    """Returns the time that a run which begins now has."""
    hours = request.effective_max_hours
    return Budget(
        input_max_hours=request.max_hours,
        effective_max_hours=hours,
        was_clamped=hours > request.max_hours,
        start_time_iso=iso_utc(now),
        deadline_time_iso=iso_utc(now + timedelta(hours=hours)),
    )


def _warnings(budget: Budget, packs: Sequence[SamplePack]) -> list[str]:
    """Returns what a reader of the run should know."""
    clamped = ["maxHours_too_small_for_restart_prone_flow"] if budget.was_clamped else []
    return [*clamped, *(pack.manifest.left_out for pack in packs if pack.manifest.left_out)]


def _coupled_params(request: SampleRequest) -> CoupledParams | None:
    """Returns how picks are weighted; None if they are not."""
    picking = request.picking
    if picking.mode != "weighted":
        return None
    return CoupledParams(
        coupled_gamma=picking.gamma,
        coupled_explore=picking.explore,
        coupled_dedup_n=picking.dedup_n,
        coupled_dedup_penalty=picking.dedup_penalty,
    )


def _audio_use(playlist: Playlist) -> AudioUse:
    first = playlist.clips[0].name
    is_made = first in {CLICK_NAME, GROOVE_NAME}
    return AudioUse(
        mode="click" if first == CLICK_NAME else "file",
        requested=AudioRequest(audio_file=None if is_made else first),
        picked_from=first if is_made else "file",
        audio_file=None if is_made else first,
        digest=playlist.digest,
    )
