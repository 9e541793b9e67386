from functools import partial
from pathlib import Path

import pytest
import ray
from executor_workers import FaultyWorker

from aivj.errors import RendererRefusedError
from aivj.executor import MAX_ATTEMPTS
from aivj.fleet.cluster import cluster
from aivj.fleet.rendering import RayExecutor


@pytest.fixture(scope="module", autouse=True)
def ray_cluster():
    with cluster(num_cpus=4):
        ray.get(ray.remote(lambda: None).remote())
        yield


@pytest.fixture
def importable():
    """Lets Ray's processes unpickle the test's own worker."""
    ray.cloudpickle.register_pickle_by_value(__import__("executor_workers"))
    yield
    ray.cloudpickle.unregister_pickle_by_value(__import__("executor_workers"))


def run(log: Path, items, num_workers=2, **kwargs):
    make_worker = partial(FaultyWorker, log, **kwargs)
    outcomes = list(RayExecutor(num_workers).run(make_worker, items))
    assert len(outcomes) == len(items)
    return {outcome.item: outcome for outcome in outcomes}


@pytest.mark.usefixtures("importable")
def test_outcomes_are_those_of_the_executor_in_process(tmp_path):
    items = ["fine:1", "bad:1", "lost:1", "lost-once:1", "bug:1", "slow:1", "fine:2"]

    outcomes = run(tmp_path / "log", items)

    assert outcomes["fine:1"].result == "FINE:1"
    assert (outcomes["bad:1"].error.kind, outcomes["bad:1"].num_attempts) == ("script-error", 1)
    assert outcomes["lost:1"].num_attempts == MAX_ATTEMPTS
    assert outcomes["lost-once:1"].num_attempts == 2
    assert outcomes["bug:1"].error.kind == "worker-error"
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines.count("open") == lines.count("close")


@pytest.mark.usefixtures("importable")
def test_an_actor_that_dies_takes_no_other_item_with_it(tmp_path):
    items = [*(f"slow:{i}" for i in range(6)), "die:1", "fine:1"]

    outcomes = run(tmp_path / "log", items)

    assert outcomes["die:1"].error.kind == "dead-actor"
    assert outcomes["die:1"].num_attempts == MAX_ATTEMPTS
    assert all(outcomes[item].result == item.upper() for item in items if item != "die:1")


@pytest.mark.usefixtures("importable")
def test_an_error_that_ends_the_run_arrives_as_itself(tmp_path):
    with pytest.raises(RendererRefusedError, match="buy one"):
        run(tmp_path / "log", ["fine:1", "fine:2"], refuse=True)
