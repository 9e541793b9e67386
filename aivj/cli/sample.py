"""`aivj sample`: every pair of a pack rendered and measured."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aivj.cli.console import err
from aivj.cli.live_options import (
    RUNTIME_RELOAD_EVERY,
    refuse_stage_options,
    taken,
)
from aivj.cli.music_option import page_music_of, playlist_of
from aivj.cli.options import (
    ExecutorOption,
    Gpu,
    HeadedOption,
    OutDirOption,
    ProfileOption,
    RayAddressOption,
    SeedOption,
    WorkersOption,
    num_workers_or_default,
)
from aivj.cli.original_options import divided
from aivj.cli.sampling_progress import SamplingProgress
from aivj.cli.sampling_steps import (
    announce_renderer,
    gpu_policy,
    local_stamp,
    print_end,
    refuse_other_manifest,
    say_left_out,
    screen,
)
from aivj.cli.stopping import goes_on_with
from aivj.cli.verb import was_given
from aivj.sampling.render_settings import RenderSettings

if TYPE_CHECKING:
    from aivj.settings import Settings

PickMode = Literal["shuffle", "random", "weighted"]
_POINT = RenderSettings()


def sample(
    context: typer.Context,
    packs: Annotated[
        list[str],
        typer.Option(
            *("--pack", "--packs"), help="Pack below public/presets; several by comma or repeated."
        ),
    ],
    runtime_url: Annotated[
        str | None,
        typer.Option(
            "--runtime-url",
            help="Drive this page of a runtime, or of `aivj serve`, instead of rendering here.",
        ),
    ] = None,
    gpu: Annotated[
        Gpu | None,
        typer.Option(
            "--gpu",
            envvar="AIVJ_GPU",
            help="require: refuse software renderers. software: refuse GPUs.",
        ),
    ] = None,
    profile: ProfileOption = None,
    headed: HeadedOption = False,
    pick: Annotated[
        PickMode,
        typer.Option(*("--pick", "--coupledPick"), help="Order of the pairs."),
    ] = "shuffle",
    gamma: Annotated[
        float,
        typer.Option(
            *("--gamma", "--coupledGamma"),
            min=0,
            help="Weighted: preference for better scores.",
        ),
    ] = 1.0,
    explore: Annotated[
        float,
        typer.Option(
            *("--explore", "--coupledExplore"),
            min=0,
            max=1,
            help="Weighted: share that ignores scores.",
        ),
    ] = 0.0,
    dedup_n: Annotated[
        int,
        typer.Option(
            *("--dedup-n", "--coupledDedupN"),
            min=0,
            help="Weighted: last picks that are drawn less.",
        ),
    ] = 0,
    dedup_penalty: Annotated[
        float,
        typer.Option(
            *("--dedup-penalty", "--coupledDedupPenalty"),
            min=0,
            max=1,
            help="Weighted: how much less.",
        ),
    ] = 0.0,
    target_coverage: Annotated[
        float,
        typer.Option(
            *("--target-coverage", "--targetCoverage"),
            min=0.01,
            max=1,
            help="Share of each pack to visit.",
        ),
    ] = 0.99,
    target_samples: Annotated[
        int,
        typer.Option(
            *("--target-samples", "--targetSamples"),
            min=0,
            max=2_000_000,
            help="Picks of each pack, instead of a share; 0 for the share.",
        ),
    ] = 0,
    max_hours: Annotated[
        float,
        typer.Option(
            *("--max-hours", "--maxHours"),
            min=0,
            help="Time for all packs together; at least 0.12.",
        ),
    ] = 10.0,
    audio: Annotated[
        str,
        typer.Option(
            *("--audio", "--audioFile", "--audioRoot"),
            help="Music: groove, click, a file, or a folder whose files pairs hear in turn; "
            "a runtime's page plays its first, or none.",
        ),
    ] = "groove",
    require_audio: Annotated[
        bool,
        typer.Option(
            *("--require-audio", "--requireAudio"),
            help="Of a folder without music a runtime's page plays the click track, not nothing; "
            "our own renderer always does.",
        ),
    ] = False,
    seed: SeedOption = 0,
    skip_pairs: Annotated[
        Path | None,
        typer.Option(
            "--skip-pairs",
            help="Pairs not to visit: a run's stuck-pairs.json, or pair ids, one a line.",
        ),
    ] = None,
    luma_min: Annotated[
        float,
        typer.Option(
            *("--luma-min", "--lumaMin"),
            min=0,
            max=1,
            help="Luma at or below it is too dark.",
        ),
    ] = 0.06,
    motion_min: Annotated[
        float,
        typer.Option(
            *("--motion-min", "--motionMin"),
            min=0,
            help="Motion below it is too low.",
        ),
    ] = 1.5e-5,
    width: Annotated[int, typer.Option(min=64, max=3840, help="Pixels.")] = _POINT.width,
    height: Annotated[int, typer.Option(min=36, max=2160, help="Pixels.")] = _POINT.height,
    warmup_frames: Annotated[
        int,
        typer.Option(min=1, max=3600, help="Frames before the measured ones."),
    ] = _POINT.warmup_frames,
    measure_frames: Annotated[
        int, typer.Option(min=2, max=200, help="Frames measured.")
    ] = _POINT.measure_frames,
    out_dir: OutDirOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Complete the run in --out-dir, if there is one.")
    ] = False,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="With --resume: try again what may yet succeed."),
    ] = False,
    workers: WorkersOption = None,
    executor: ExecutorOption = "ray",
    ray_address: RayAddressOption = None,
    actor_cpus: Annotated[float, typer.Option(min=0, help="CPUs of each browser's actor.")] = 1,
    actor_gpus: Annotated[
        float,
        typer.Option(min=0, help="GPUs of each actor: whole, or 1/n of one."),
    ] = 0,
    browser_slots: Annotated[
        float,
        typer.Option(
            min=0,
            help="Of the cluster's custom resource browser_slot for each actor.",
        ),
    ] = 0,
    reload_every: Annotated[
        int,
        typer.Option(
            *("--reload-every", "--reloadEvery"),
            min=0,
            help="Pairs before a browser loads its page anew; 0 for never.",
        ),
    ] = 100,
    gpu_mode: Annotated[str | None, typer.Option("--gpuMode", hidden=True)] = None,
    require_gpu: Annotated[bool, typer.Option("--requireGpu", hidden=True)] = False,
    start_maximized: Annotated[
        bool, typer.Option(*("--start-maximized", "--startMaximized"), hidden=True)
    ] = False,
    audio_mode: Annotated[str, typer.Option("--audioMode", hidden=True)] = "file",
    pairs_manifest: Annotated[str | None, typer.Option("--pairsManifest", hidden=True)] = None,
) -> None:
    """Render and measure the pairs of packs into a run directory.

    Writes eval.jsonl, failures.jsonl, meta.json, vite.log, eval.parquet and thumbnails. Options of
    the runtime's own sampler are understood under their names.

    On a GPU:         aivj sample --pack mine

    On this CPU:      aivj sample --pack mine --gpu software

    A night:          aivj sample --pack one,two --max-hours 8 --audio ~/music

    A runtime's page: aivj sample --pack mine --runtime-url http://127.0.0.1:5174/ (docs/live.md)

    After any crash:  the same command with --resume and the same --out-dir
    """
    from aivj.live.run import require_usable_live, sample_live
    from aivj.live.settings import LiveSettings
    from aivj.pipeline.rendering import RenderOptions, prove_renderer, run_sampling
    from aivj.sampling.picking import Picking
    from aivj.sampling.request import SampleRequest
    from aivj.sampling.run import finished_before, require_usable
    from aivj.sampling.skipping import read_skipped_pairs

    settings: Settings = context.obj
    live_options: dict[str, Any] = {}
    words = list(context.args)
    if runtime_url is not None:
        refuse_stage_options(context)
        live_options, words = taken(words)
    dropped, unknown = divided(words)
    if unknown:
        context.fail(f"no such option: {' '.join(unknown)}")
    for name in dropped:
        err.print(f"[yellow]not used[/] {name} has no meaning here")
    refuse_other_manifest(pairs_manifest)
    render = RenderSettings(
        width=width,
        height=height,
        warmup_frames=warmup_frames,
        measure_frames=measure_frames,
        seed=seed,
    )
    names = tuple(name for each in packs for name in each.split(",") if name)
    request = SampleRequest(
        packs=names,
        packs_root=settings.packs_root,
        out_dir=out_dir or settings.home / "artifacts" / "coupled-eval" / local_stamp(),
        settings=render,
        picking=Picking(pick, gamma, explore, dedup_n, dedup_penalty),
        target_coverage=target_coverage,
        target_samples=target_samples or None,
        max_hours=max_hours,
        reload_every=reload_every,
        luma_min=luma_min,
        motion_min=motion_min,
        resume=resume,
        retry_failed=retry_failed,
        skipped_pairs=read_skipped_pairs(skip_pairs, names) if skip_pairs else {},
    )
    options = RenderOptions(
        gpu=gpu_policy(gpu, gpu_mode, require_gpu=require_gpu),
        profile=profile or ("d3d11" if gpu_mode == "force-d3d11" else None),
        headed=headed,
        maximized=start_maximized,
        executor=executor,
        ray_address=ray_address,
        num_cpus=actor_cpus,
        num_gpus=actor_gpus,
        resources={"browser_slot": browser_slots} if browser_slots else {},
    )
    begun = [] if was_given(context, "out_dir") else ["--out-dir", str(request.out_dir)]
    goes_on_with(context, *begun, *([] if resume else ["--resume"]))
    if runtime_url is None:
        playlist = playlist_of(audio, audio_mode, render.duration_s)
        packs_there = require_usable(request, playlist)
        require_gpu = options.gpu == "require"
        say_left_out(packs_there, skip_pairs)
        done = finished_before(request, packs_there, playlist, require_gpu=require_gpu)
        if done is not None:
            print_end(context, done)
            return
        undrawable = screen(request, packs_there, settings.conversion_cache)
    else:
        if not was_given(context, "reload_every"):
            request = replace(request, reload_every=RUNTIME_RELOAD_EVERY)
        live = LiveSettings(url=runtime_url, num_workers=workers or 1, **live_options)
        say_left_out(require_usable_live(request, live), skip_pairs)
        music = page_music_of(audio, audio_mode, required=require_audio)
    choice = prove_renderer(options)
    announce_renderer(choice)
    with SamplingProgress(choice.report.renderer) as progress:
        if runtime_url is None:
            summary = run_sampling(
                request,
                options=options,
                choice=choice,
                playlist=playlist,
                num_workers=num_workers_or_default(workers, is_software=choice.report.is_software),
                conversion_cache=settings.conversion_cache,
                undrawable=undrawable,
                on_progress=progress.show,
            )
        else:
            summary = sample_live(
                request, live, music=music, choice=choice, on_progress=progress.show
            )
    print_end(context, summary)
