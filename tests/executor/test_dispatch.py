"""What is decided, replayed on a clock of our own."""

from collections import Counter

import pytest
from executor.simulation import SimulatedBench
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.errors import RunError
from aivj.executor.loop import work
from aivj.executor.protocol import ItemReissued, WorkPolicy

QUICK = WorkPolicy(first_deadline_min_s=2.0, straggler_min_s=2.0, grace_s=1.0, deadline_s=20.0)


def outcomes_of(bench, items, policy=QUICK, on_event=lambda _: None):
    return list(work(bench, items, policy, on_event))


@given(
    num_items=st.integers(0, 60),
    num_workers=st.integers(1, 9),
    fates=st.lists(
        st.sampled_from(["done", "done", "done", "crash", "hang", "deaf", "die"]), min_size=1
    ),
    seed=st.integers(0, 99),
)
@settings(max_examples=150, deadline=None)
def test_every_item_has_one_outcome_whatever_happens(num_items, num_workers, fates, seed):
    bench = SimulatedBench(num_workers, fate=lambda _, rng: rng.choice(fates), seed=seed)
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
