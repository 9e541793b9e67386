"""The net over a pair, and what it adds to what is measured."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.fit import Fit, seeded_net
from aivj.coupling.held_out import HeldOut
from aivj.coupling.net import CouplingNet, NetShape
from aivj.coupling.split import fold_splits

TOLD = NetShape(num_features=3, encoder_width=4, hidden_width=5, num_inputs=2)
NAN = float("nan")


@pytest.fixture
def net():
    made = CouplingNet.seeded(TOLD, 1)
    made.learn_inputs(np.array([[0.2, 1.0], [0.6, 5.0]], np.float32))
    return made.eval()


def said(net, inputs):
    layers = torch.zeros(2 * len(inputs), 3)
    return torch.sigmoid(net(layers, torch.tensor(inputs))).tolist()


def leaning(target):
    """The score of a target, without taste."""
    return 1 / (1 + np.sqrt((1 - target) / target))


def test_without_taste_a_score_is_half_the_targets_logit(net):
    with torch.no_grad():
        net.out.weight.zero_()
        net.out.bias.zero_()

    plain = [leaning(0.3), leaning(0.9)]
    assert said(net, [[0.3, 1.0], [0.9, 9.0]]) == pytest.approx(plain, abs=1e-6)
    # What is worth nothing may still be liked.
    ends = [leaning(0.02), leaning(0.98)]
    assert said(net, [[0.0, 1.0], [1.0, 1.0]]) == pytest.approx(ends, abs=1e-6)

    with torch.no_grad():
        net.out.bias.fill_(1.0)
    before, after = leaning(0.3), said(net, [[0.3, 1.0]])[0]
    assert after / (1 - after) == pytest.approx(np.e * before / (1 - before), rel=1e-5)


def test_a_pair_that_nobody_measured_is_taken_as_the_mean(net):
    unknown, mean = said(net, [[NAN, NAN], [0.4, 3.0]])

    assert unknown == pytest.approx(mean)
    assert said(net, [[0.4, 5.0]]) != pytest.approx([mean])


def test_a_net_of_texts_alone_has_the_weights_that_it_always_had():
    alone = CouplingNet.seeded(replace(TOLD, num_inputs=0), 1)

    assert set(alone.state_dict()) == {
        *("encoder.weight", "encoder.bias", "hidden.weight", "hidden.bias"),
        *("out.weight", "out.bias", "feature_mean", "feature_std"),
    }
    assert alone(torch.zeros(2, 3), torch.zeros(1, 0)).shape == (1,)


def test_taste_is_learned_where_the_target_says_nothing(told_set: TrainingSet):
    split = fold_splits(told_set, num_folds=3, seed=0)[0]
    held_out = HeldOut(told_set, split)
    config = FitConfig(epochs=6, batch_size=64, learning_rate=5e-3, seed=3)
    fit = Fit(told_set, config, device="cpu", split=split)
    before = held_out.metrics(fit.scorer)

    fit.run()

    after = held_out.metrics(fit.scorer)
    assert before.elite_auc < 0.65
    assert before.target_spearman > 0.8
    assert after.elite_auc > 0.9
    assert after.target_spearman > 0.3


def test_the_order_of_presets_does_not_reach_the_mean_of_what_is_told(told_set: TrainingSet):
    turned = np.arange(len(told_set.preset_hashes))[::-1]
    pairs = told_set.pair_inputs
    fg, bg = (turned[rows] for rows in pairs.pairs)
    other = replace(
        told_set,
        preset_hashes=told_set.preset_hashes[::-1],
        preset_features=told_set.preset_features[::-1],
        pair_inputs=type(pairs).of_pairs(fg, bg, pairs.values),
    )
    seen = np.ones(len(turned), np.bool_)

    one, two = (seeded_net(each, seen, FitConfig()) for each in (told_set, other))

    assert torch.equal(one.input_mean, two.input_mean)
    assert torch.equal(one.input_std, two.input_std)
