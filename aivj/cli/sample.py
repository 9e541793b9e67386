"""`aivj sample`: every pair of a pack rendered and measured."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aivj.cli.console import Bar, bar, err, out
from aivj.cli.options import (
    ExecutorOption,
    GpuOption,
    HeadedOption,
    OutDirOption,
    PackOption,
    ProfileOption,
    RayAddressOption,
    SeedOption,
    WorkersOption,
    num_workers_or_default,
)
from aivj.settings import Settings

if TYPE_CHECKING:
    from aivj.browser.choice import RendererChoice
    from aivj.sampling.run import SampleProgress


def sample(
    context: typer.Context,
    pack: PackOption,
    gpu: GpuOption = "require",
    profile: ProfileOption = None,
    headed: HeadedOption = False,
    audio: Annotated[
        str, typer.Option("--audio", help="Music: a wav, flac, mp3 or ogg file, groove or click.")
    ] = "groove",
    seed: SeedOption = 0,
    target_coverage: Annotated[
        float, typer.Option("--target-coverage", min=0.01, max=1, help="Share of pairs to visit.")
    ] = 0.99,
    luma_min: Annotated[float, typer.Option("--luma-min", min=0, max=1)] = 0.06,
    motion_min: Annotated[float, typer.Option("--motion-min", min=0)] = 1.5e-5,
    width: Annotated[int, typer.Option("--width", min=64, max=3840)] = 320,
    height: Annotated[int, typer.Option("--height", min=36, max=2160)] = 180,
    warmup_frames: Annotated[int, typer.Option("--warmup-frames", min=1, max=3600)] = 30,
    measure_frames: Annotated[int, typer.Option("--measure-frames", min=2, max=200)] = 60,
    out_dir: OutDirOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Complete the run in --out-dir.")
    ] = False,
    workers: WorkersOption = None,
    executor: ExecutorOption = "ray",
    ray_address: RayAddressOption = None,
) -> None:
    """Render and measure the pairs of a pack into a run directory.

    Writes eval.jsonl, failures.jsonl, meta.json, eval.parquet and thumbnails.

    On a GPU:         aivj sample --pack mine
    On this CPU:      aivj sample --pack mine --gpu software
    After any crash:  the same command with --resume and the same --out-dir
    """
    from aivj.pipeline.rendering import (
        RenderOptions,
        prove_renderer,
        read_music,
        run_sampling,
    )
    from aivj.sampling.render_settings import RenderSettings
    from aivj.sampling.request import SampleRequest
    from aivj.sampling.run import require_usable

    settings: Settings = context.obj
    render = RenderSettings(
        width=width,
        height=height,
        warmup_frames=warmup_frames,
        measure_frames=measure_frames,
        seed=seed,
    )
    options = RenderOptions(
        gpu=gpu,
        profile=profile,
        headed=headed,
        executor=executor,
        ray_address=ray_address,
    )
    request = SampleRequest(
        pack=pack,
        packs_root=settings.packs_root,
        out_dir=out_dir or settings.home / "artifacts" / "coupled-eval" / local_stamp(),
        settings=render,
        target_coverage=target_coverage,
        luma_min=luma_min,
        motion_min=motion_min,
        resume=resume,
    )
    clip = read_music(audio, render.duration_s)
    require_usable(request, clip)
    choice = prove_renderer(options)
    announce_renderer(choice)
    with bar("sampling") as progress:
        summary = run_sampling(
            request,
            options=options,
            choice=choice,
            clip=clip,
            num_workers=num_workers_or_default(workers, is_software=choice.report.is_software),
            conversion_cache=settings.conversion_cache,
            on_progress=lambda now: show_progress(progress, now),
        )
    out.print(
        f"{summary.num_rows} pairs measured, {summary.num_failures} failed, "
        f"of {summary.num_target}: {summary.directory.path}"
    )


def local_stamp() -> str:
    """Names a run after the local time, to the second."""
    return datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")


def show_progress(progress: Bar, now: "SampleProgress") -> None:
    """Shows how far sampling has come, or the reading and converting of presets before it."""
    if now.phase != progress.label:
        progress.begin(now.phase)
    note = f"{now.num_failures} failed" if now.num_failures else ""
    progress.update(now.num_done, now.num_target, note)


def announce_renderer(choice: "RendererChoice") -> None:
    """Says what draws, and what was tried in vain."""
    for line in choice.rejected:
        err.print(f"[yellow]not used[/] {line}")
    kind = "software renderer" if choice.report.is_software else "GPU"
    err.print(f"{kind}: {choice.report.renderer}")
