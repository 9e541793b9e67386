"""Weighted samples of a few items, and the same items repeated."""

import math

import numpy as np
from hypothesis import strategies as st

TENTHS = st.integers(0, 10).map(lambda tenth: tenth / 10)


@st.composite
def samples(draw):
    """Scores, targets and how often each item is in a sample: at least one item in each."""
    num = draw(st.integers(1, 12))
    scores, target = (
        np.array(draw(st.lists(TENTHS, min_size=num, max_size=num))) for _ in range(2)
    )
    counts = np.array(draw(st.lists(st.integers(0, 3), min_size=num, max_size=num)), dtype=float)
    counts[draw(st.integers(0, num - 1))] += 1
    return scores, target, counts


def repeated(values, counts):
    return np.repeat(values, counts.astype(int))


def one(figure, scores, counts):
    """The figure of one sample, None where it says nothing."""
    (result,) = figure(scores, np.stack([counts, np.ones_like(counts)], axis=1))[:1]
    return None if math.isnan(result) else result
