"""Workers as real Ray actors: one that dies or hangs costs its own item, no other."""

from functools import partial
from pathlib import Path

import pytest
import ray
from executor_workers import FaultyWorker

from aivj.errors import InputError, RendererRefusedError
from aivj.executor.protocol import WorkPolicy
from aivj.fleet.rendering import RayExecutor


@pytest.fixture
def importable():
    """Lets Ray's processes unpickle the test's own worker."""
    ray.cloudpickle.register_pickle_by_value(__import__("executor_workers"))
    yield
    ray.cloudpickle.unregister_pickle_by_value(__import__("executor_workers"))


USUAL = WorkPolicy()


def run(log: Path, items, num_workers=2, policy=USUAL, **kwargs):
    make_worker = partial(FaultyWorker, log, **kwargs)
    outcomes = list(RayExecutor(num_workers).run(make_worker, items, policy=policy))
    assert len(outcomes) == len(items)
    return {outcome.item: outcome for outcome in outcomes}


@pytest.mark.usefixtures("importable")
def test_outcomes_are_those_of_the_executor_in_process(tmp_path):
    items = ["fine:1", "bad:1", "lost:1", "lost-once:1", "bug:1", "slow:1", "fine:2"]

    outcomes = run(tmp_path / "log", items)

    assert outcomes["fine:1"].result == "FINE:1"
    assert (outcomes["bad:1"].error.kind, outcomes["bad:1"].num_attempts) == ("script-error", 1)
    assert outcomes["lost:1"].num_attempts == 3
    assert outcomes["lost-once:1"].num_attempts == 2
    assert outcomes["bug:1"].error.kind == "worker-error"
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines.count("open") == lines.count("close")


@pytest.mark.usefixtures("importable")
def test_an_actor_that_dies_takes_no_other_item_with_it(tmp_path):
    items = [*(f"slow:{i}" for i in range(6)), "die:1", "fine:1"]

    outcomes = run(tmp_path / "log", items)

    assert outcomes["die:1"].error.kind == "dead-actor"
    assert outcomes["die:1"].num_attempts == 3
    assert all(outcomes[item].result == item.upper() for item in items if item != "die:1")


@pytest.mark.usefixtures("importable")
def test_an_error_that_ends_the_run_arrives_as_itself(tmp_path):
    with pytest.raises(RendererRefusedError, match="buy one"):
        run(tmp_path / "log", ["fine:1", "fine:2"], refuse=True)


@pytest.mark.usefixtures("importable")
def test_an_actor_that_hangs_deaf_is_killed_and_replaced(tmp_path):
    policy = WorkPolicy(deadline_s=1, grace_s=0.5)

    outcomes = run(tmp_path / "log", ["stuck:1", "fine:1", "fine:2"], policy=policy)

    assert (outcomes["stuck:1"].error.kind, outcomes["stuck:1"].num_attempts) == ("overdue", 2)
    assert outcomes["fine:2"].result == "FINE:2"


@pytest.mark.usefixtures("importable")
def test_more_actors_than_fit_wait_for_room(tmp_path):
    outcomes = run(tmp_path / "log", [f"fine:{i}" for i in range(8)], num_workers=6)

    assert all(outcome.result for outcome in outcomes.values())


@pytest.mark.parametrize("num_gpus", [0, 1, 2, 0.5, 0.333, 0.25])
def test_whole_gpus_and_even_shares_are_taken(num_gpus):
    RayExecutor(1, num_gpus=num_gpus)


@pytest.mark.parametrize("num_gpus", [0.4, 0.7, 1.5, -1])
def test_uneven_shares_of_gpus_are_refused(num_gpus):
    with pytest.raises(InputError, match="1/n"):
        RayExecutor(1, num_gpus=num_gpus)
