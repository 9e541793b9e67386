"""The plan that a benchmark's workers are made from: a proved renderer and the default music."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from aivj.audio.groove import groove
from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.browser.profiles import GpuPolicy
from aivj.takes.render import TakePlan, planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.store import StorePlace
from benchmarks.real_pairs import CLIP

GPU_POLICIES: tuple[GpuPolicy, ...] = ("auto", "software", "require")


def prove_renderer(policy: GpuPolicy) -> RendererChoice:
    """Finds the launch profile of a policy. Raises as `choose_renderer`."""
    return asyncio.run(choose_renderer(policy))


def stage_plan(
    choice: RendererChoice, settings: RenderSettings, store: str | Path | None = None
) -> TakePlan:
    """Returns the plan of workers that draw with `settings`; without a store, pairs alone."""
    clips = {CLIP: planar_clip(groove(), settings)}
    places: Mapping[str, StorePlace] = {}
    if store is not None:
        shelf = TakeShelf.open(store, settings, clips, choice.report.renderer_class)
        places = shelf.places
    return TakePlan(
        launch=choice.plan,
        policy=choice.policy,
        expected=choice.report,
        settings=settings,
        clips=clips,
        places=places,
    )
