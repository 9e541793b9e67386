"""Pairs that nobody visited are worth what their presets' takes say."""

from dataclasses import asdict

import numpy as np
import pytest
from takes.made import drawn

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling.eval_target import eval_target01
from aivj.coupling.taken_pairs import TakenPairs
from aivj.takes.compose import compose
from aivj.takes.conditions import Conditions
from aivj.takes.figures import measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.settings import RenderSettings
from aivj.takes.store import TakeStore
from aivj.takes.take import Take, TakeFailure

SETTINGS = RenderSettings(
    width=64, height=36, warmup_frames=1, measure_frames=4, silent_frames=2, silent_every=2
)
LAYERS = {name: drawn(SETTINGS, level=level) for name, level in (("a", 60), ("b", 90), ("c", 5))}
FAILURE = TakeFailure("wasm-trap", "a preset", "a trap", "repair it")


def store_of(folder, stage, outcomes):
    conditions = Conditions.of(
        SETTINGS, renderer_class="llvmpipe", stage=stage, converter="c", clip=b"music"
    )
    store = TakeStore.open(folder, conditions)
    writer = store.writer()
    for content, outcome in outcomes.items():
        writer.add(Take(content, outcome, "llvmpipe", "156"))
    writer.close()
    store.refresh()
    return store


@pytest.fixture
def store(tmp_path):
    return store_of(tmp_path, "one", {**LAYERS, "broken": FAILURE})


@pytest.mark.parametrize("target", ["v1", "compat"])
def test_a_pair_is_worth_what_a_row_of_it_would_be(store, target):
    pairs = [("a", "b"), ("b", "a"), ("a", "c"), ("b", "b")]

    found = TakenPairs([store]).targets(pairs, target)

    zeros = np.zeros(SETTINGS.measure_frames)
    expected = []
    for foreground, background in pairs:
        cells = compose(LAYERS[foreground].cells, LAYERS[background].cells)
        figures = measure_pair(cells, SETTINGS, Heard(zeros, (zeros,)))
        row = EvalRow(t_ms=0, pack="p", pair=0, ok_heuristic=True, reasons=[], **asdict(figures))
        expected.append(eval_target01(row, target))
    assert found == pytest.approx(expected, abs=1e-5)
    assert found[0] != found[2]


def test_what_is_not_drawn_is_not_known(store):
    pairs = [("a", "nobody"), ("broken", "b"), ("a", "b")]

    found = TakenPairs([store]).targets(pairs, "v1")

    assert np.isnan(found).tolist() == [True, True, False]
    assert TakenPairs([]).targets([], "v1").shape == (0,)


def test_stores_are_asked_one_after_the_other_and_never_mixed(tmp_path, store):
    other = store_of(tmp_path, "two", {"d": LAYERS["b"], "a": LAYERS["a"]})

    found = TakenPairs([store, other]).targets([("a", "d"), ("b", "d"), ("b", "a")], "v1")

    assert np.isnan(found).tolist() == [False, True, False]


def test_takes_are_found_by_the_digest_of_their_conditions(tmp_path, store):
    found = TakeStore.find(tmp_path, store.conditions.digest)

    assert found.contents() == store.contents()
    assert TakeStore.find(tmp_path, "0" * 16) is None
