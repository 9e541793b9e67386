"""What is drawn is in the store in the end, whatever workers take with them."""

from dataclasses import replace
from functools import partial

import pytest
from takes.made import drawn

from aivj.browser.profiles import launch_plan
from aivj.browser.renderer import RendererReport
from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.executor.protocol import Outcome
from aivj.takes.compose import compose
from aivj.takes.drawing import MAX_ROUNDS, draw
from aivj.takes.render import Kept, ProofJob, TakeJob, TakePlan
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.take import Take

SETTINGS = RenderSettings(
    width=64, height=36, warmup_frames=1, measure_frames=2, silent_frames=1, silent_every=1
)
REPORT = RendererReport("Mesa", "llvmpipe", "WebGL 2.0", "156")
JOBS = [TakeJob("0", f"{number:064x}", "{}") for number in range(5)]


class Workers:
    """Draw every preset; those of the first `num_lossy` rounds die with all that they have."""

    num_workers = 1

    def __init__(self, num_lossy=0, faults=None):
        self.rounds = []
        self._num_lossy = num_lossy
        self._faults = faults or {}

    def run(self, make_worker, items, **_):
        (plan,) = make_worker.args
        seen = []
        self.rounds.append(seen)
        writer = plan.places["0"].writer()
        for item in items:
            seen.append(item)
            if isinstance(item, ProofJob):
                cells = drawn(SETTINGS).cells
                yield Outcome(item, compose(cells, cells), None, 1)
            elif item in self._faults:
                yield Outcome(item, None, self._faults[item], 1)
            else:
                writer.add(Take(item.content, drawn(SETTINGS), "llvmpipe", "156"))
                yield Outcome(item, Kept(None, 1.0, 1.0), None, 1)
        if len(self.rounds) > self._num_lossy:
            writer.close()


@pytest.fixture
def shelf(tmp_path):
    return TakeShelf.open(tmp_path, SETTINGS, {"0": b"\x80" * 300}, "llvmpipe")


@pytest.fixture
def drawing(shelf):
    plan = TakePlan(
        launch=launch_plan("software-egl"),
        policy="software",
        expected=REPORT,
        settings=SETTINGS,
        clips={"0": b"\x80" * 300},
        places=shelf.places,
    )
    return partial(draw, shelf, plan=plan)


def test_nobody_is_started_for_nothing(drawing):
    workers = Workers()
    assert list(drawing([], executor=workers)) == []
    assert workers.rounds == []


def test_what_a_worker_takes_with_it_is_drawn_again(drawing, shelf):
    workers = Workers(num_lossy=2)

    outcomes = list(drawing(JOBS, executor=workers))

    assert workers.rounds == [JOBS] * 3
    assert len(outcomes) == 3 * len(JOBS)
    assert all(shelf.holds("0", job.content) for job in JOBS)


def test_workers_that_never_keep_anything_end_the_run(drawing):
    workers = Workers(num_lossy=MAX_ROUNDS)

    with pytest.raises(RunError, match="5 times"):
        list(drawing(JOBS, executor=workers))


def test_a_failure_is_a_take_and_only_the_machinery_s_is_tried_again(drawing, shelf, tmp_path):
    broken = ItemError("bad-equation", "a preset", "no equation", "repair it")
    faults = {JOBS[0]: broken, JOBS[1]: WorkerLostError.because("gpu-crash", "it died")}

    list(drawing(JOBS, executor=Workers(faults=faults)))

    assert all(shelf.holds("0", job.content) for job in JOBS)
    assert str(shelf.failure("0", JOBS[0].content).error("background")) == (
        "expected a preset; found background: no equation; repair it"
    )
    later = TakeShelf.open(tmp_path, SETTINGS, {"0": b"\x80" * 300}, "llvmpipe")
    assert [later.holds("0", job.content) for job in JOBS] == [True, False, True, True, True]


def test_a_pair_drawn_whole_is_judged_when_its_takes_are_there(drawing):
    proof = ProofJob("pair 1", *JOBS[:2])
    list(drawing([proof, *JOBS], executor=Workers(num_lossy=1)))

    alone = ItemError("script-error", "a pair", "a trap", "")
    failing = Workers(faults={proof: alone})
    failing.run = partial(_failing_proofs, failing.run, alone)
    with pytest.raises(RunError, match="pair 1 to be drawn as its layers are"):
        list(drawing([proof], executor=failing))


def test_a_proof_that_the_machinery_lost_says_nothing(drawing):
    lost = Workers()
    lost.run = partial(_failing_proofs, lost.run, WorkerLostError.because("gpu-crash", "it died"))
    proof = ProofJob("pair 1", *JOBS[:2])

    outcomes = list(drawing([*JOBS, proof], executor=lost))

    assert [outcome.error is None for outcome in outcomes] == [True] * len(JOBS) + [False]


def _failing_proofs(run, error, make_worker, items, **kwargs):
    for outcome in run(make_worker, items, **kwargs):
        is_proof = isinstance(outcome.item, ProofJob)
        yield replace(outcome, result=None, error=error) if is_proof else outcome
