import numpy as np
import pytest
import torch

from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.fit import Fit
from aivj.coupling.population import Population
from aivj.coupling.split import fold_splits
from aivj.errors import InputError

BASE = FitConfig(epochs=2, batch_size=64, encoder_width=8, hidden_width=8, seed=3)
CONFIGS = [
    BASE,
    BASE.model_copy(update={"dropout": 0.4, "learning_rate": 4e-3}),
    BASE.model_copy(update={"dropout": 0.0, "neg_weight": 0.9, "weight_decay": 0.5}),
]


@pytest.mark.parametrize("labels", ["learnable_set", "told_set"])
def test_a_member_is_what_a_fit_of_its_own_makes(
    labels: str, request: pytest.FixtureRequest
) -> None:
    learnable_set: TrainingSet = request.getfixturevalue(labels)
    split = fold_splits(learnable_set, num_folds=3, seed=0)[0]
    population = Population(learnable_set, CONFIGS, split=split, device="cpu")
    population.run()
    scores = population.scores(learnable_set.fg_index, learnable_set.bg_index)
    for member, config in enumerate(CONFIGS):
        alone = Fit(learnable_set, config, device="cpu", split=split)
        alone.run()
        expected = alone.scorer(learnable_set.fg_index, learnable_set.bg_index)
        np.testing.assert_allclose(scores[member], expected, atol=1e-5)
    assert np.abs(scores[0] - scores[1]).max() > 0.05


def test_a_member_can_be_taken_out(learnable_set: TrainingSet) -> None:
    split = fold_splits(learnable_set, num_folds=3, seed=0)[0]
    population = Population(learnable_set, CONFIGS, split=split, device="cpu")
    population.run()
    net = population.net(1)
    presets = net.normalise(torch.from_numpy(learnable_set.preset_features))
    fg, bg = learnable_set.fg_index[:50], learnable_set.bg_index[:50]
    alone = (
        torch.sigmoid(net(torch.cat([presets[fg], presets[bg]]), torch.zeros(50, 0)))
        .detach()
        .numpy()
    )
    np.testing.assert_allclose(population.scores(fg, bg)[1], alone, atol=1e-6)


def test_every_epoch_is_told(learnable_set: TrainingSet) -> None:
    split = fold_splits(learnable_set, num_folds=3, seed=0)[0]
    told: list[int] = []
    Population(learnable_set, CONFIGS[:1], split=split, device="cpu").run(told.append)
    assert told == [1, 2]


def test_members_of_another_shape_are_refused(learnable_set: TrainingSet) -> None:
    split = fold_splits(learnable_set, num_folds=3, seed=0)[0]
    other = BASE.model_copy(update={"hidden_width": 9})
    with pytest.raises(InputError, match="2 different shapes among 2"):
        Population(learnable_set, [BASE, other], split=split, device="cpu")
