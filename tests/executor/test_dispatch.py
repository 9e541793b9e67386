"""What is decided, replayed on a clock of our own."""

from collections import Counter

import pytest
from executor.simulation import SimulatedBench
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.errors import RunError
from aivj.executor.loop import work
from aivj.executor.protocol import ItemReissued, WorkerOpened, WorkerReplaced, WorkPolicy

QUICK = WorkPolicy(first_deadline_min_s=2.0, straggler_min_s=2.0, grace_s=1.0, deadline_s=20.0)


def outcomes_of(bench, items, policy=QUICK, on_event=lambda _: None):
    return list(work(bench, items, policy, on_event))


@given(
    num_items=st.integers(0, 60),
    num_workers=st.integers(1, 9),
    fates=st.lists(
        st.sampled_from(["done", "done", "done", "crash", "hang", "deaf", "die", "sink"]),
        min_size=1,
    ),
    seed=st.integers(0, 99),
    leaving_at=st.dictionaries(st.integers(0, 8), st.floats(0, 30)),
)
@settings(max_examples=150, deadline=None)
def test_every_item_has_one_outcome_whatever_happens(
    num_items, num_workers, fates, seed, leaving_at
):
    bench = SimulatedBench(
        num_workers,
        fate=lambda _, rng: rng.choice(fates),
        seed=seed,
        leaving_at={slot: at for slot, at in leaving_at.items() if slot < num_workers},
    )
    patient = WorkPolicy(max_losses_in_a_row=10**6)

    outcomes = outcomes_of(bench, range(num_items), patient)

    assert Counter(outcome.item for outcome in outcomes) == Counter(range(num_items))
    assert all((o.result is None) != (o.error is None) for o in outcomes)
    # Three, and one more where a straggler was tried in two places.
    assert all(1 <= o.num_attempts <= 4 for o in outcomes)


def test_a_thousand_slots_lose_little_to_crashes_and_hangs():
    chances = ["crash"] * 2 + ["hang"] + ["done"] * 97
    bench = SimulatedBench(1000, fate=lambda _, rng: rng.choice(chances))
    busy_shares = []

    def items():
        yield from range(60_000)
        # Useful is what gave a result; the end, where there is no work for all, is not judged.
        busy_shares.append(bench.useful_s / (bench.num_workers * bench.time))

    outcomes = outcomes_of(bench, items())

    assert len(outcomes) == 60_000
    assert sum(outcome.error is not None for outcome in outcomes) < 30
    # Half an item lost by each crash, half a second for each new worker: nobody can avoid that.
    possible = 1 / (1 + 0.02 * 0.5 + 0.03 * 0.5)
    assert busy_shares[0] > 0.95 * possible


def test_a_night_of_three_thousand_pairs():
    fates = {17: "hang", 99: "deaf", 1234: "die"}
    bench = SimulatedBench(
        8,
        run_s=90.0,
        open_s=5.0,
        fate=lambda item, rng: fates.get(item, "done" if rng.random() > 0.02 else "crash"),
    )

    outcomes = outcomes_of(bench, range(3000), WorkPolicy(deadline_s=600))

    failed = {o.item: (o.error.kind, o.num_attempts) for o in outcomes if o.error is not None}
    assert failed == {17: ("hung-page", 2), 99: ("overdue", 2), 1234: ("dead-actor", 3)}
    assert len(outcomes) == 3000
    assert 9 < bench.time / 3600 < 11


def test_fast_slots_do_more_of_the_work():
    done_by = Counter(
        outcome.slot for outcome in outcomes_of(SimulatedBench(2, speeds={1: 4.0}), range(500))
    )

    assert done_by[1] / done_by[0] == pytest.approx(4, rel=0.05)


def test_a_straggler_is_given_to_a_second_slot_and_settled_once():
    runs = Counter()

    def fate(item, _):
        runs[item] += 1
        return "deaf" if item == 59 and runs[item] == 1 else "done"

    events = []
    bench = SimulatedBench(2, fate=fate)
    outcomes = outcomes_of(bench, range(60), on_event=events.append)

    assert any(isinstance(event, ItemReissued) and event.item == 59 for event in events)
    assert (runs[59], len(outcomes), outcomes[-1].error) == (2, 60, None)
    # Twice the usual after it began, before its deadline.
    assert bench.time < 60 / 2 + 5


def test_without_history_nobody_is_called_slow():
    events = []

    outcomes_of(SimulatedBench(4, run_s=15), range(6), on_event=events.append)

    assert not any(isinstance(event, ItemReissued) for event in events)


def test_a_slow_item_gets_the_whole_deadline_on_its_second_attempt():
    given_s = []

    class Watched(SimulatedBench):
        def run_item(self, slot, item, timeout_s):
            if item == 50:
                given_s.append(timeout_s)
            super().run_item(slot, item, timeout_s)

    outcomes_of(Watched(2, fate=lambda item, _: "hang" if item == 50 else "done"), range(80))

    assert given_s == [3.0, 20.0]


def test_endless_losses_end_the_work():
    bench = SimulatedBench(3, fate=lambda *_: "crash")

    with pytest.raises(RunError, match="27 lost in a row"):
        outcomes_of(bench, range(1000))


def test_losses_between_successes_never_do():
    bench = SimulatedBench(3, fate=lambda item, _: "crash" if item % 2 else "done")

    assert len(outcomes_of(bench, range(1000))) == 1000


def test_an_item_does_not_pay_for_a_node_that_sinks():
    fates = iter(["sink", "sink", "done"])
    events = []

    (outcome,) = outcomes_of(
        SimulatedBench(1, fate=lambda *_: next(fates)), [7], on_event=events.append
    )

    assert (outcome.result, outcome.num_attempts) == (7, 1)
    kinds = [event.kind for event in events if isinstance(event, WorkerReplaced)]
    assert kinds == ["node-lost", "node-lost"]


def test_one_that_takes_every_node_down_is_given_up():
    bench = SimulatedBench(2, fate=lambda item, _: "sink" if item == 3 else "done")

    outcomes = {outcome.item: outcome for outcome in outcomes_of(bench, range(6))}

    assert (outcomes[3].error.kind, outcomes[3].num_attempts) == ("dead-actor", 3)
    assert sum(item == 3 for _, _, item in bench.runs) == QUICK.max_taken + 3
    assert all(outcomes[item].result == item for item in range(6) if item != 3)


def test_a_zone_of_nodes_that_sink_again_and_again_does_not_end_the_work():
    fates = iter(["sink"] * 200)
    bench = SimulatedBench(50, fate=lambda *_: next(fates, "done"))

    outcomes = outcomes_of(bench, range(400), WorkPolicy(max_losses_in_a_row=0, max_taken=200))

    assert all(outcome.num_attempts == 1 and outcome.result is not None for outcome in outcomes)


def test_an_item_ends_on_a_node_that_drains_and_no_other_begins_there():
    bench = SimulatedBench(2, run_s=10, leaving_at={0: 12.0})

    outcomes = outcomes_of(bench, range(8))

    assert [outcome.num_attempts for outcome in outcomes] == [1] * 8
    (left_at,) = bench.moved_at.values()
    begun_at = [at for at, slot, _ in bench.runs if slot == 0]
    assert left_at == 20.5
    assert not any(12 <= at < left_at + 3 for at in begun_at)
    assert any(at > left_at for at in begun_at)
    assert bench.num_runs == 8


@pytest.mark.parametrize("leaving_at", [0.2, 2.0], ids=["opening", "idle"])
def test_a_slot_with_nothing_in_hand_leaves_at_once(leaving_at):
    bench = SimulatedBench(2, run_s=30, leaving_at={1: leaving_at})

    outcomes = outcomes_of(bench, [0], WorkPolicy(idle_s=60))

    assert bench.moved_at == {1: leaving_at}
    assert len(outcomes) == 1


def test_slots_that_nothing_is_left_for_are_ended_but_one():
    bench = SimulatedBench(8, run_s=1.0, speeds={2: 0.01})

    outcomes = outcomes_of(bench, range(8), WorkPolicy(deadline_s=600, idle_s=20))

    assert len(outcomes) == 8
    assert len(bench.ended) == 6
    assert 2 not in bench.ended


def test_a_slot_that_comes_late_to_the_end_opens_no_worker():
    bench = SimulatedBench(3, run_s=10, speeds={0: 0.25}, leaving_at={1: 12.0})
    opened = []

    outcomes_of(
        bench,
        range(3),
        WorkPolicy(deadline_s=600, idle_s=1000),
        on_event=lambda event: opened.append(event) if isinstance(event, WorkerOpened) else None,
    )

    assert bench.ended == [1]
    assert len(opened) == 3


def test_what_fails_at_the_end_finds_a_slot():
    fates = iter(["crash", "die", "done"])
    bench = SimulatedBench(
        6, run_s=100, fate=lambda item, _: next(fates) if item == 5 else "done", speeds={0: 10}
    )

    outcomes = outcomes_of(bench, range(6), WorkPolicy(deadline_s=600, idle_s=1))

    assert {outcome.item: outcome.num_attempts for outcome in outcomes}[5] == 3
    assert all(outcome.error is None for outcome in outcomes)
