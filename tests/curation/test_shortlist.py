"""The list holds the best of all pairs, and for every preset something to choose from."""

import numpy as np
import pytest

from aivj.curation.shortlist import shortlist

WORTH = np.random.default_rng(0).uniform(0, 1, (40, 30)).astype(np.float32)


def test_the_best_are_on_it() -> None:
    listed = {tuple(pair) for pair in shortlist(WORTH, 300).tolist()}
    best = np.argsort(-WORTH, axis=None)[:150]
    assert {tuple(np.divmod(place, 30)) for place in best.tolist()} <= listed


def test_every_preset_is_on_it() -> None:
    worth = WORTH.copy()
    worth[:3] -= 5  # presets that no pair is good with
    listed = shortlist(worth, 300)
    assert set(listed[:, 0].tolist()) == set(range(40))
    assert set(listed[:, 1].tolist()) == set(range(30))


@pytest.mark.parametrize("num", [1, 7, 100, 1199])
def test_it_is_no_longer_than_asked_for_and_in_order(num: int) -> None:
    listed = shortlist(WORTH, num)
    assert 1 <= len(listed) <= num
    assert listed.tolist() == sorted(map(list, {tuple(pair) for pair in listed.tolist()}))


def test_what_is_ruled_out_is_not_on_it() -> None:
    worth = WORTH.copy()
    np.fill_diagonal(worth, -np.inf)
    for num in (200, 2000):
        assert (shortlist(worth, num)[:, 0] != shortlist(worth, num)[:, 1]).all()
    assert len(shortlist(worth, 2000)) == 40 * 30 - 30
