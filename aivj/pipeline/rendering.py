"""Sampling, with its renderer proved, its converter and its executor opened."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aivj.audio.playlist import Playlist
from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import Executor
from aivj.pipeline.known_renderer import KnownRenderer
from aivj.pipeline.render_options import RenderOptions
from aivj.runs.directory import RunDirectory
from aivj.runs.open_run import SampleSummary
from aivj.runs.progress import SampleProgress
from aivj.sampling.layers import LayerReader, all_drawn
from aivj.sampling.linked_conversion import LinkedConverter
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import NO_PAIRS, Undrawable, clips_of, sample
from aivj.stage.conversion import PresetConverter
from aivj.stage.converted_preset import ConvertedPreset
from aivj.takes.render import DrawJob, ProofJob
from aivj.takes.shelf import TakeShelf

if TYPE_CHECKING:
    from aivj.fleet.metered import Named


def prove_renderer(options: RenderOptions) -> RendererChoice:
    """Finds the profile that gives the renderer asked for. Raises as `choose_renderer`."""
    return asyncio.run(
        choose_renderer(
            options.gpu,
            profile=options.profile,
            headed=options.headed or None,
            maximized=options.maximized,
        )
    )


def drawn_already(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    playlist: Playlist,
    options: RenderOptions,
    known: KnownRenderer,
) -> RendererChoice | None:
    """Returns the renderer whose takes are all that a run needs; None if a browser must draw.

    Raises:
        MissingDependencyError: Chromium is missing.
        StorageError: The store of takes cannot be read.
    """
    choice = known.find()
    # What is tried again is not among the pairs that wait.
    heals = request.retry_failed and RunDirectory(request.out_dir).has_failures_that_may_heal
    if choice is None or heals:
        return None
    shelf = _open_shelf(request, playlist, options, choice)
    reader = LayerReader(request.packs_root, len(playlist.clips))
    return choice if all_drawn(request, packs, reader, shelf.holds) else None


def _open_shelf(
    request: SampleRequest, playlist: Playlist, options: RenderOptions, choice: RendererChoice
) -> TakeShelf:
    return TakeShelf.open(
        options.takes_uri,
        request.settings,
        clips_of(playlist, request),
        choice.report.renderer_class,
    )


def run_sampling(
    request: SampleRequest,
    *,
    options: RenderOptions,
    choice: RendererChoice,
    playlist: Playlist,
    num_workers: int,
    conversion_cache: Path,
    undrawable: Undrawable = NO_PAIRS,
    on_progress: Callable[[SampleProgress], None],
) -> SampleSummary:
    """Samples a pack; see `aivj.sampling.run.sample`."""
    with (
        PresetConverter(conversion_cache) as converter,
        open_executor(options, num_workers, request.out_dir.name, choice) as executor,
    ):
        return sample(
            request,
            executor=executor,
            convert=converter.convert,
            playlist=playlist,
            choice=choice,
            shelf=_open_shelf(request, playlist, options, choice),
            undrawable=undrawable,
            on_progress=_told(on_progress, options, request.out_dir.name),
        )


@contextlib.contextmanager
def open_conversion(
    cache: Path, choice: RendererChoice | None
) -> Iterator[Callable[[bytes], ConvertedPreset]]:
    """Opens what converts presets, for the block; given a renderer, it links their shaders too."""
    with contextlib.ExitStack() as stack:
        convert = stack.enter_context(PresetConverter(cache)).convert
        if choice is not None:
            convert = stack.enter_context(LinkedConverter(convert, choice, cache)).convert
        yield convert


@contextlib.contextmanager
def open_executor(
    options: RenderOptions, num_workers: int, run: str, choice: RendererChoice
) -> Iterator[Executor]:
    """Opens what runs the browsers, for the block. On a cluster that was joined it tells metrics.

    Args:
        options: Where browsers run.
        num_workers: How many at a time.
        run: What the work is called in metrics and logs.
        choice: The proved renderer.
    """
    if options.executor == "in-process":
        yield InProcessExecutor(num_workers)
        return
    from aivj.fleet.cluster import cluster
    from aivj.fleet.metered import MeteredExecutor, run_told
    from aivj.fleet.readiness import require_ready_nodes
    from aivj.fleet.rendering import RayExecutor

    # Two more than browsers, so that an actor can be replaced while the old one goes.
    open_cluster = partial(cluster, num_cpus=num_workers + 2, address=options.ray_address)
    executor = RayExecutor(
        num_workers,
        num_cpus=options.actor_cpus,
        num_gpus=options.actor_gpus,
        resources={"browser_slot": options.browser_slots} if options.browser_slots else {},
        cluster=open_cluster,
    )
    if options.ray_address is None:
        # A cluster of our own starts when there is something to draw, and nobody watches it.
        yield executor
        return
    with open_cluster(), run_told(run, choice.report, options.gpu):
        require_ready_nodes(
            {
                "CPU": options.actor_cpus,
                "GPU": options.actor_gpus,
                "browser_slot": options.browser_slots,
            }
        )
        yield MeteredExecutor(executor, run, _named)


def _told(
    on_progress: Callable[[SampleProgress], None], options: RenderOptions, run: str
) -> Callable[[SampleProgress], None]:
    if options.executor == "in-process" or options.ray_address is None:
        return on_progress
    from aivj.fleet.metered import tell_progress

    def tell(progress: SampleProgress) -> None:
        tell_progress(run, progress)
        on_progress(progress)

    return tell


def _named(job: DrawJob) -> "Named":
    from aivj.fleet.metered import Named

    return Named("proof", job.name) if isinstance(job, ProofJob) else Named("take", job.content)
