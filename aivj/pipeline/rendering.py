"""Sampling, with its renderer proved, its converter and its executor opened."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aivj.audio.click import click_track
from aivj.audio.clip import AudioClip, read_clip
from aivj.audio.groove import groove
from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.browser.profiles import GpuPolicy, ProfileName
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Executor
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import SampleProgress, SampleSummary, sample
from aivj.stage.conversion import PresetConverter

ExecutorKind = Literal["ray", "in-process"]


@dataclass(frozen=True)
class RenderOptions:
    """Where and with what browsers draw.

    Attributes:
        gpu: Which renderer is asked for.
        profile: Launch profile to use instead of trying those that fit `gpu`.
        headed: Whether a software profile opens a window.
        num_workers: Browsers at a time.
        executor: Ray actors, or tasks of this process.
        ray_address: Cluster to join; None starts one here.
    """

    gpu: GpuPolicy
    num_workers: int | None = None
    profile: ProfileName | None = None
    headed: bool = False
    executor: ExecutorKind = "ray"
    ray_address: str | None = None


def prove_renderer(options: RenderOptions) -> RendererChoice:
    """Finds the profile that gives the renderer asked for. Raises as `choose_renderer`."""
    return asyncio.run(
        choose_renderer(options.gpu, profile=options.profile, headed=options.headed or None)
    )


def read_music(source: str, duration_s: float) -> AudioClip:
    """Makes the `groove` or the `click` track, or reads the first `duration_s` of a file."""
    made = {"groove": groove, "click": click_track}.get(source)
    return made() if made is not None else read_clip(Path(source), duration_s=duration_s)


def run_sampling(
    request: SampleRequest,
    *,
    options: RenderOptions,
    choice: RendererChoice,
    clip: AudioClip,
    num_workers: int,
    conversion_cache: Path,
    on_progress: Callable[[SampleProgress], None],
) -> SampleSummary:
    """Samples a pack; see `aivj.sampling.run.sample`."""
    with (
        PresetConverter(conversion_cache) as converter,
        open_executor(options, num_workers) as executor,
    ):
        return sample(
            request,
            executor=executor,
            convert=converter.convert,
            clip=clip,
            choice=choice,
            on_progress=on_progress,
        )


@contextlib.contextmanager
def open_executor(options: RenderOptions, num_workers: int) -> Iterator[Executor]:
    """Opens what runs the browsers, for the block."""
    if options.executor == "in-process":
        yield InProcessExecutor(num_workers)
        return
    from aivj.fleet.cluster import cluster
    from aivj.fleet.rendering import RayExecutor

    # Two more than browsers, so that a fit can start while their actors go.
    with cluster(num_cpus=num_workers + 2, address=options.ray_address):
        yield RayExecutor(num_workers)
