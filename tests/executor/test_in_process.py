import contextlib
from functools import partial

import pytest
from executor_workers import FaultyWorker

from aivj.errors import RendererRefusedError, RunError
from aivj.executor.in_process import InProcessExecutor
from aivj.executor.protocol import WorkerReplaced, WorkPolicy

USUAL = WorkPolicy()


def run(log, items, num_workers=2, policy=USUAL, on_event=lambda _: None, **kwargs):
    make_worker = partial(FaultyWorker, log, **kwargs)
    outcomes = list(
        InProcessExecutor(num_workers).run(make_worker, items, policy=policy, on_event=on_event)
    )
    assert len(outcomes) == len(items)
    return {outcome.item: outcome for outcome in outcomes}


def test_every_item_ends_in_one_outcome(tmp_path):
    log = tmp_path / "log"
    items = ["fine:1", "bad:1", "lost:1", "lost-once:1", "bug:1", "slow:1", "fine:2"]

    outcomes = run(log, items)

    assert set(outcomes) == set(items)
    assert outcomes["fine:1"].result == "FINE:1"
    assert (outcomes["bad:1"].error.kind, outcomes["bad:1"].num_attempts) == ("script-error", 1)
    assert outcomes["lost:1"].num_attempts == 3
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


def test_a_worker_that_hangs_is_given_up_and_its_item_tried_again(tmp_path):
    policy = WorkPolicy(deadline_s=0.3, grace_s=0.1)

    outcomes = run(tmp_path / "log", ["hang:1", "hang-once:1", "fine:1"], policy=policy)

    assert (outcomes["hang:1"].error.kind, outcomes["hang:1"].num_attempts) == ("overdue", 2)
    assert (outcomes["hang-once:1"].result, outcomes["hang-once:1"].num_attempts) == (
        "HANG-ONCE:1",
        2,
    )


def test_a_worn_worker_is_replaced_after_its_item(tmp_path):
    log, events = tmp_path / "log", []

    outcomes = run(log, ["wearing:1", "fine:1"], num_workers=1, on_event=events.append)

    assert outcomes["wearing:1"].result == "WEARING:1"
    assert WorkerReplaced(0, "worn", "worn out") in events
    assert log.read_text().splitlines() == [
        *("open", "done wearing:1", "close", "open", "done fine:1", "close")
    ]


def test_items_are_taken_only_when_a_worker_is_free_for_them(tmp_path):
    taken = []

    def items():
        for number in range(20):
            taken.append(number)
            yield f"fine:{number}"

    make_worker = partial(FaultyWorker, tmp_path / "log")
    for num_seen, _ in enumerate(InProcessExecutor(2).run(make_worker, items()), start=1):
        assert len(taken) <= num_seen + 3


def test_a_fleet_that_only_dies_stops(tmp_path):
    policy = WorkPolicy(max_losses_in_a_row=4)

    with pytest.raises(RunError, match="lost in a row"):
        run(tmp_path / "log", [f"lost:{i}" for i in range(99)], policy=policy)
