import contextlib
from functools import partial

import pytest
from executor_workers import FaultyWorker

from aivj.errors import RendererRefusedError
from aivj.executor import MAX_ATTEMPTS, InProcessExecutor


def run(log, items, num_workers=2, **kwargs):
    make_worker = partial(FaultyWorker, log, **kwargs)
    outcomes = list(InProcessExecutor(num_workers).run(make_worker, items))
    return {outcome.item: outcome for outcome in outcomes}


def test_every_item_ends_in_one_outcome(tmp_path):
    log = tmp_path / "log"
    items = ["fine:1", "bad:1", "lost:1", "lost-once:1", "bug:1", "slow:1", "fine:2"]

    outcomes = run(log, items)

    assert set(outcomes) == set(items)
    assert outcomes["fine:1"].result == "FINE:1"
    assert (outcomes["bad:1"].error.kind, outcomes["bad:1"].num_attempts) == ("script-error", 1)
    assert outcomes["lost:1"].num_attempts == MAX_ATTEMPTS
    assert (outcomes["lost-once:1"].result, outcomes["lost-once:1"].num_attempts) == (
        "LOST-ONCE:1",
        2,
    )
    assert outcomes["bug:1"].error.kind == "worker-error"
    assert "of our own making" in str(outcomes["bug:1"].error)


def test_each_worker_that_opened_is_closed(tmp_path):
    log = tmp_path / "log"

    run(log, ["lost:1", "fine:1", "bug:1", "slow:1"], num_workers=3)

    lines = log.read_text().splitlines()
    assert lines.count("open") == lines.count("close")


def test_a_worker_that_cannot_open_ends_the_run(tmp_path):
    with pytest.raises(RendererRefusedError):
        run(tmp_path / "log", ["fine:1"], refuse=True)


def test_stopping_early_closes_workers_and_starts_nothing_more(tmp_path):
    log = tmp_path / "log"
    make_worker = partial(FaultyWorker, log)

    with contextlib.closing(
        InProcessExecutor(1).run(make_worker, [f"slow:{i}" for i in range(50)])
    ) as outcomes:
        assert next(outcomes).result == "SLOW:0"

    lines = log.read_text().splitlines()
    assert lines.count("done slow:0") == 1
    assert len([line for line in lines if line.startswith("done")]) <= 2
    assert lines[-1] == "close"
