"""Pairs that nobody visited are worth what their presets' takes say."""

from dataclasses import asdict

import numpy as np
import pytest
from takes.made import drawn

from aivj.contracts.eval_rows import EvalRow
from aivj.coupling import taken_pairs
from aivj.coupling.eval_target import eval_target01
from aivj.coupling.pair_inputs import INPUT_NAMES, TARGET01
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

    found = TakenPairs([store]).inputs(pairs, target)[:, TARGET01]

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

    found = TakenPairs([store]).inputs(pairs, "v1")

    assert np.isnan(found).all(axis=1).tolist() == [True, True, False]
    assert np.isfinite(found[2]).all()
    assert TakenPairs([]).inputs([], "v1").shape == (0, len(INPUT_NAMES))


def test_stores_are_asked_one_after_the_other_and_never_mixed(tmp_path, store):
    other = store_of(tmp_path, "two", {"d": LAYERS["b"], "a": LAYERS["a"]})

    taken = TakenPairs([store, other])

    found = taken.inputs([("a", "d"), ("b", "d"), ("b", "a")], "v1")

    assert np.isnan(found).any(axis=1).tolist() == [False, True, False]
    assert taken.conditions == [store.conditions.digest, other.conditions.digest]


def test_what_nobody_tried_is_told_from_what_failed(store):
    assert TakenPairs([store]).untried(["a", "broken", "nobody"]) == ["nobody"]
    assert TakenPairs([]).untried(["a"]) == ["a"]


def test_a_pair_is_measured_alike_however_many_layers_are_held_at_a_time(store, monkeypatch):
    pairs = [(one, other) for one in "abc" for other in "cba"]
    whole = TakenPairs([store]).inputs(pairs, "v1")

    monkeypatch.setattr(taken_pairs, "_MAX_LAYERS", 2)

    assert TakenPairs([store]).inputs(pairs, "v1").tolist() == whole.tolist()


def test_takes_are_found_by_the_digest_of_their_conditions(tmp_path, store):
    found = TakeStore.find(tmp_path, store.conditions.digest)

    assert found.contents() == store.contents()
    assert TakeStore.find(tmp_path, "0" * 16) is None
