from dataclasses import replace

import numpy as np
import pytest
import torch

from aivj.coupling import Source, TrainingSet
from aivj.coupling.sampler import BalancedSampler
from aivj.errors import InputError

CPU = torch.device("cpu")


def shares_of(training_set: TrainingSet, train: np.ndarray) -> dict[int, float]:
    sampler = BalancedSampler(training_set, train, CPU)
    drawn = sampler.draw(100, 256, torch.Generator().manual_seed(0)).flatten().numpy()
    assert train[drawn].all()
    sources = training_set.source[drawn]
    return {int(s): float((sources == s).mean()) for s in np.unique(sources)}


def test_sources_are_drawn_by_share_not_by_number(learnable_set: TrainingSet) -> None:
    shares = shares_of(learnable_set, np.ones(len(learnable_set), dtype=np.bool_))
    assert shares == {
        Source.ELITE: pytest.approx(0.25, abs=0.01),
        Source.EVAL: pytest.approx(0.25, abs=0.01),
        Source.NEGATIVE: pytest.approx(0.50, abs=0.01),
    }


def test_shares_of_a_missing_source_go_to_the_others(learnable_set: TrainingSet) -> None:
    train = learnable_set.source != Source.ELITE
    assert shares_of(learnable_set, train) == {
        Source.EVAL: pytest.approx(1 / 3, abs=0.01),
        Source.NEGATIVE: pytest.approx(2 / 3, abs=0.01),
    }


def test_rows_of_a_source_are_drawn_evenly(learnable_set: TrainingSet) -> None:
    train = np.zeros(len(learnable_set), dtype=np.bool_)
    train[[3, 4, 8, 11, 900, 2000, 2001]] = True
    sampler = BalancedSampler(learnable_set, train, CPU)
    drawn = sampler.draw(200, 256, torch.Generator().manual_seed(0)).flatten().numpy()
    rows, counts = np.unique(drawn, return_counts=True)
    assert rows.tolist() == np.flatnonzero(train).tolist()
    for source in Source:
        mine = counts[learnable_set.source[rows] == source]
        np.testing.assert_allclose(mine, mine.mean(), rtol=0.05)


def test_a_set_without_rows_is_refused(learnable_set: TrainingSet) -> None:
    empty = replace(learnable_set)
    with pytest.raises(InputError, match="rows to train on"):
        BalancedSampler(empty, np.zeros(len(empty), dtype=np.bool_), CPU)
