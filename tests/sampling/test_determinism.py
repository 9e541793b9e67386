"""The same seed gives the same bytes, whatever the order, the browsers and the pages before."""

import random
from dataclasses import replace
from functools import partial

import pytest

from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.executor.in_process import InProcessExecutor
from aivj.fleet.rendering import RayExecutor
from aivj.sampling.jobs import prepared_jobs
from aivj.sampling.packs import read_packs
from aivj.sampling.request import SampleRequest
from aivj.sampling.worker import PairWorker, PairWorkerPlan
from aivj.takes.settings import RenderSettings

# `make chaos` compares 120 of a run in peace with those of runs under fire.
NUM_PAIRS = 40
SMALL = RenderSettings(
    width=96, height=54, warmup_frames=4, measure_frames=8, silent_every=2, seed=5
)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, draw_pack, converter):
    root = tmp_path_factory.mktemp("packs")
    draw_pack(root, NUM_PAIRS)
    request = SampleRequest(("real",), root, root, target_coverage=1)
    (pack,) = read_packs(request)
    picks = pack.remaining(request, {})
    return list(
        prepared_jobs(pack, picks, root, converter.convert, num_clips=1, on_failure=lambda *_: None)
    )


@pytest.fixture(scope="module")
def plan(software_renderer):
    return PairWorkerPlan(
        launch=software_renderer.plan,
        policy="software",
        expected=software_renderer.report,
        settings=SMALL,
        clips={"0": time_bytes(groove(), round(SMALL.duration_s * 44_100))},
        thumbnails=False,
    )


def outcomes_of(executor, plan, jobs):
    """What is reproducible of each pair: its measurement, or the kind of its failure."""
    return {
        outcome.item.pair: outcome.result.measurement if outcome.result else outcome.error.kind
        for outcome in executor.run(partial(PairWorker, plan), jobs)
    }


@pytest.mark.usefixtures("ray_here")
def test_order_actors_and_history_cannot_be_seen(jobs, plan):
    shuffled = random.Random(1).sample(jobs, len(jobs))

    in_order = outcomes_of(InProcessExecutor(2), plan, jobs)
    by_actors = outcomes_of(RayExecutor(2), plan, shuffled)

    assert len(in_order) == NUM_PAIRS
    assert sum(not isinstance(measured, str) for measured in in_order.values()) >= 39
    assert by_actors == in_order
    # Black pictures would be equal whatever happened: these are pictures, and all different.
    lumas = {m.composite_avg_luma for m in in_order.values() if not isinstance(m, str)}
    assert len(lumas) >= 36


def test_another_seed_is_another_picture(jobs, plan):
    few = jobs[:2]
    other = replace(plan, settings=replace(SMALL, seed=6))

    ours, theirs = (outcomes_of(InProcessExecutor(1), p, few) for p in (plan, other))

    assert ours != theirs
