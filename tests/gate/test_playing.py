import asyncio

import pytest

from aivj.browser.renderer import RendererReport
from aivj.errors import WorkerLostError
from aivj.gate import playing
from aivj.gate.arms import Arm, ArmAnswers
from aivj.gate.features import FeaturesPlayed
from aivj.gate.playing import Played, heartbeat, play_until_kept
from aivj.gate.request import Deadline, VerifyRequest

RENDERER = RendererReport("Mesa", "llvmpipe", "", "")
GOOD = Played(RENDERER, [Arm("weighted", "http://h/", ArmAnswers(ready=True))])
LOST = Played(RENDERER, [Arm("weighted", "http://h/", problem="page-crash: x", lost=True)])


@pytest.fixture
def tries(monkeypatch):
    """What comes of each try, the next one first; an exception is raised."""
    outcomes = []

    async def play(*_, **__):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(playing, "play", play)
    return outcomes


async def played(tmp_path, **options):
    said = []
    request = VerifyRequest("p", heartbeat_s=0, **options)
    result = await play_until_kept(
        request,
        origin="http://h",
        plan=None,
        policy="software",
        out_dir=tmp_path,
        on_progress=said.append,
    )
    return *result, said


async def test_a_page_that_was_lost_is_tried_again(tries, tmp_path):
    tries += [LOST, GOOD]
    assert await played(tmp_path, attempts=3) == (GOOD, 2, ["try 1 lost its page, once more"])


async def test_a_browser_that_did_not_start_is_tried_again(tries, tmp_path):
    tries += [WorkerLostError.because("browser-crash", "gone"), GOOD]
    assert (await played(tmp_path, attempts=2))[:2] == (GOOD, 2)


async def test_the_last_try_counts_whatever_came_of_it(tries, tmp_path):
    tries += [LOST, LOST]
    assert (await played(tmp_path, attempts=2))[:2] == (LOST, 2)
    tries += [WorkerLostError.because("browser-crash", "gone")]
    with pytest.raises(WorkerLostError):
        await played(tmp_path, attempts=1)


async def test_nothing_is_tried_again_after_the_hard_timeout(tries, tmp_path):
    tries += [LOST, GOOD]
    assert (await played(tmp_path, attempts=2, hard_timeout_s=0))[:2] == (LOST, 1)


async def test_signs_of_life_name_what_is_being_done():
    said, enough = [], asyncio.Event()

    def hear(text):
        said.append(text)
        if len(said) == 3:
            enough.set()

    async with heartbeat(Deadline(10), 0.01, hear) as tell, asyncio.timeout(10):
        tell("weighted arm")
        await enough.wait()
    assert said[:2] == ["weighted arm", "0 s: weighted arm"]


def test_errors_are_told_with_where_they_were():
    arm = Arm("weighted", "http://h/", page_errors=("boom",), problem="hung-page: x")
    features = FeaturesPlayed("http://h/", problem="page-crash: y")
    everything = Played(RENDERER, [arm], features, feature_errors=["pow"])
    assert everything.error_lines == [
        "weighted: boom",
        "weighted: hung-page: x",
        "features: pow",
        "features: page-crash: y",
    ]
