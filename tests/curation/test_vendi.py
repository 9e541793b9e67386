"""The Vendi score counts what differs."""

import numpy as np
import pytest

from aivj.curation.vendi import vendi_score


@pytest.mark.parametrize("num_kinds", [1, 2, 5])
@pytest.mark.parametrize("num_each", [1, 4])
def test_kinds_that_have_nothing_in_common_are_counted(num_kinds: int, num_each: int) -> None:
    looks = np.repeat(np.eye(5, dtype=np.float32)[:num_kinds], num_each, axis=0)
    assert vendi_score(looks) == pytest.approx(num_kinds)


def test_a_kind_that_most_belong_to_counts_for_more() -> None:
    looks = np.eye(2, dtype=np.float32)[[0, 0, 0, 1]]
    shares = np.array([0.75, 0.25])
    assert vendi_score(looks) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


def test_more_vectors_than_dimensions_give_the_same_as_their_kernel() -> None:
    rng = np.random.default_rng(0)
    looks = rng.normal(size=(40, 7)).astype(np.float32)
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    shares = np.linalg.eigvalsh(looks.astype(np.float64) @ looks.T.astype(np.float64) / 40)
    shares = shares[shares > 1e-12]
    assert vendi_score(looks) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
