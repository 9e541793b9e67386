"""A preset gives the same bytes, whatever the order, the browsers and the pages before."""

import random

import pytest

from aivj.audio.groove import groove
from aivj.executor.in_process import InProcessExecutor
from aivj.fleet.rendering import RayExecutor
from aivj.packs.scan import scan_presets
from aivj.presets.digest import content_hash
from aivj.sampling.layers import Layer
from aivj.takes.drawing import draw
from aivj.takes.render import TakePlan, planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.take import Drawn

# `make chaos` compares 240 of a run in peace with those of runs under fire.
NUM_PRESETS = 80
SMALL = RenderSettings(width=96, height=54, warmup_frames=4, measure_frames=8, silent_every=2)


@pytest.fixture(scope="module")
def jobs(corpus, converter):
    files = random.Random(3).sample(scan_presets(corpus), 2 * NUM_PRESETS)
    data = {content_hash(file): file for file in (each.path.read_bytes() for each in files)}
    layers = [Layer("", each, "", content) for content, each in data.items()]
    return [layer.job("0", converter.convert) for layer in layers[:NUM_PRESETS]]


def takes_of(executor, jobs, choice, folder):
    """What is reproducible of each preset: its frames and pictures, or the kind of its failure."""
    clips = {"0": planar_clip(groove(), SMALL)}
    shelf = TakeShelf.open(folder, SMALL, clips, choice.report.renderer_class)
    plan = TakePlan(
        launch=choice.plan,
        policy="software",
        expected=choice.report,
        settings=SMALL,
        clips=clips,
        places=shelf.places,
    )
    for _ in draw(shelf, jobs, executor=executor, plan=plan):
        pass
    store = shelf.places["0"].open()
    return {take.content: _reproducible(take.outcome) for take in store.read(store.contents())}


def _reproducible(outcome):
    if not isinstance(outcome, Drawn):
        return outcome.kind
    frames = outcome.cells.music.tobytes(), outcome.cells.silence.tobytes()
    return *frames, outcome.pictures, outcome.degraded


@pytest.mark.usefixtures("ray_here")
def test_order_actors_and_history_cannot_be_seen(jobs, software_renderer, tmp_path):
    shuffled = random.Random(1).sample(jobs, len(jobs))

    in_order = takes_of(InProcessExecutor(1), jobs, software_renderer, tmp_path / "here")
    by_actors = takes_of(RayExecutor(2), shuffled, software_renderer, tmp_path / "ray")

    assert len(in_order) == NUM_PRESETS
    drawn = [take for take in in_order.values() if not isinstance(take, str)]
    assert len(drawn) >= NUM_PRESETS - 2
    assert by_actors == in_order
    # Black pictures would be equal whatever happened: these are pictures, and all different.
    assert len({take[0] for take in drawn}) >= 0.9 * NUM_PRESETS
