"""`aivj sample`: every pair of a pack rendered and measured."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aivj.cli.console import err
from aivj.cli.model_options import From, takes
from aivj.cli.music_option import page_music_of, playlist_of
from aivj.cli.options import GpuIfGivenOption, ProfileOption, WorkersOption, num_workers_or_default
from aivj.cli.places import run_kept, shown
from aivj.cli.runtime_sampler import RELOAD_EVERY, divided, refuse_stage_options, taken
from aivj.cli.sampling_progress import SamplingProgress
from aivj.cli.sampling_steps import (
    announce_renderer,
    gpu_policy,
    local_stamp,
    print_end,
    refuse_other_manifest,
    renderer_for,
    say_of_packs,
)
from aivj.cli.stopping import goes_on_with
from aivj.cli.studio import takes_uri
from aivj.cli.verb import was_given

if TYPE_CHECKING:
    from aivj.pipeline.render_options import RenderOptions
    from aivj.runs.progress import SampleProgress
    from aivj.sampling.request import SampleRequest
    from aivj.settings import Settings


def _out_dir(settings: "Settings", given: Mapping[str, Any]) -> Path:
    """Names a run after the time, but one to be resumed after its packs: it is looked for again."""
    packs = (name for each in given["packs"] for name in each.split(",") if name)
    name = "+".join(packs) if given["resume"] else local_stamp()
    return settings.home / "artifacts" / "coupled-eval" / name


@takes(
    request=From(
        "aivj.sampling.request:SampleRequest", defaults={"target_samples": 0, "out_dir": _out_dir}
    ),
    options=From("aivj.pipeline.render_options:RenderOptions", defaults={"takes_uri": takes_uri}),
)
def sample(
    context: typer.Context,
    request: "SampleRequest",
    options: "RenderOptions",
    runtime_url: Annotated[
        str | None,
        typer.Option(
            "--runtime-url",
            help="Drive this page of a runtime, or of `aivj serve`, instead of rendering here.",
        ),
    ] = None,
    gpu: GpuIfGivenOption = None,
    profile: ProfileOption = None,
    num_workers: WorkersOption = None,
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
    skip_pairs: Annotated[
        Path | None,
        typer.Option(
            "--skip-pairs",
            help="Pairs not to visit: a run's stuck-pairs.json, or pair ids, one a line.",
        ),
    ] = None,
    gpu_mode: Annotated[str | None, typer.Option("--gpuMode", hidden=True)] = None,
    require_gpu: Annotated[bool, typer.Option("--requireGpu", hidden=True)] = False,
    start_maximized: Annotated[
        bool, typer.Option(*("--start-maximized", "--startMaximized"), hidden=True)
    ] = False,
    audio_mode: Annotated[str, typer.Option("--audioMode", hidden=True)] = "file",
    pairs_manifest: Annotated[str | None, typer.Option("--pairsManifest", hidden=True)] = None,
) -> None:
    """Measure the pairs of packs into a run directory: computed from takes of their presets.

    A preset is drawn once, when first needed; its take serves all packs and runs after.
    Writes eval.jsonl, failures.jsonl, meta.json, vite.log, eval.parquet and thumbnails. Options of
    the runtime's own sampler are understood under their names.

    On a GPU:         aivj sample --pack mine

    On this CPU:      aivj sample --pack mine --gpu software

    A night:          aivj sample --pack one,two --max-hours 8 --audio ~/music

    A runtime's page: aivj sample --pack mine --runtime-url http://127.0.0.1:5174/ (docs/live.md)

    After any crash:  the same command with --resume and the same --out-dir
    """
    from aivj.pipeline.rendering import prove_renderer, run_sampling
    from aivj.sampling.run import finished_before, require_usable
    from aivj.sampling.skipping import read_skipped_pairs

    settings: Settings = context.obj
    live_fields: dict[str, Any] = {}
    words = list(context.args)
    if runtime_url is not None:
        refuse_stage_options(context)
        live_fields, words = taken(words)
    dropped, unknown = divided(words)
    if unknown:
        context.fail(f"no such option: {' '.join(unknown)}")
    for name in dropped:
        err.print(f"[yellow]not used[/] {name} has no meaning here")
    refuse_other_manifest(pairs_manifest)
    packs = tuple(name for each in request.packs for name in each.split(",") if name)
    request = replace(
        request,
        packs=packs,
        target_samples=request.target_samples or None,
        skipped_pairs=read_skipped_pairs(skip_pairs, packs) if skip_pairs else {},
    )
    options = replace(
        options,
        gpu=gpu_policy(gpu, gpu_mode, require_gpu=require_gpu),
        profile=profile or ("d3d11" if gpu_mode == "force-d3d11" else None),
        maximized=start_maximized,
    )
    begun = [] if was_given(context, "out_dir") else ["--out-dir", shown(context, request.out_dir)]
    goes_on_with(context, *begun, *([] if request.resume else ["--resume"]))
    with run_kept(context, request.out_dir) as check:
        if runtime_url is None:
            playlist = playlist_of(audio, audio_mode, request.settings.duration_s)
            packs_there = require_usable(request, playlist)
            require_gpu = options.gpu == "require"
            say_of_packs(context, request, packs_there, skip_pairs)
            done = finished_before(request, packs_there, playlist, require_gpu=require_gpu)
            if done is not None:
                print_end(context, done)
                return
            choice, undrawable = renderer_for(context, request, packs_there, playlist, options)
        else:
            from aivj.live.run import require_usable_live
            from aivj.live.settings import LiveSettings

            if not was_given(context, "reload_every"):
                request = replace(request, reload_every=RELOAD_EVERY)
            live = LiveSettings(url=runtime_url, num_workers=num_workers or 1, **live_fields)
            say_of_packs(context, request, require_usable_live(request, live), skip_pairs)
            music = page_music_of(audio, audio_mode, required=require_audio)
            choice = prove_renderer(options)
        announce_renderer(choice)
        with SamplingProgress(choice.report.renderer) as progress:

            def watch(now: "SampleProgress") -> None:
                check()
                progress.show(now)

            if runtime_url is None:
                summary = run_sampling(
                    request,
                    options=options,
                    choice=choice,
                    playlist=playlist,
                    num_workers=num_workers_or_default(
                        num_workers, is_software=choice.report.is_software
                    ),
                    conversion_cache=settings.conversion_cache,
                    undrawable=undrawable,
                    on_progress=watch,
                )
            else:
                from aivj.live.run import sample_live

                summary = sample_live(request, live, music=music, choice=choice, on_progress=watch)
        print_end(context, summary)
