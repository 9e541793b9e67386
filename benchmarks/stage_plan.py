"""The plan that a benchmark's workers are made from: a proved renderer and the default music."""

import asyncio

from aivj.audio.groove import groove
from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.browser.profiles import GpuPolicy
from aivj.sampling.worker import PairWorkerPlan, planar_clip
from aivj.takes.settings import RenderSettings
from benchmarks.real_pairs import CLIP

GPU_POLICIES: tuple[GpuPolicy, ...] = ("auto", "software", "require")


def prove_renderer(policy: GpuPolicy) -> RendererChoice:
    """Finds the launch profile of a policy. Raises as `choose_renderer`."""
    return asyncio.run(choose_renderer(policy))


def stage_plan(choice: RendererChoice, settings: RenderSettings) -> PairWorkerPlan:
    """Returns the plan of workers that render with `settings`, thumbnails included."""
    return PairWorkerPlan(
        launch=choice.plan,
        policy=choice.policy,
        expected=choice.report,
        settings=settings,
        clips={CLIP: planar_clip(groove(), settings)},
    )
