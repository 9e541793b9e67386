from dataclasses import fields, replace

import pytest

from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.held_out import HeldOutMetrics
from aivj.coupling.sweep import SWEPT, SweepResult, draw_members, objective, sweep_population

CONFIG = FitConfig(epochs=12, encoder_width=16, hidden_width=16)
NOTHING = HeldOutMetrics(*[None] * len(fields(HeldOutMetrics)))


@pytest.mark.parametrize(
    ("figures", "worth"),
    [
        ({}, None),
        ({"held_out_loss": 0.1, "negatives_auc": 1.0, "score_std": 0.2}, None),
        ({"elite_auc": 0.7}, 0.7),
        ({"eval_spearman": 0.0}, 0.5),
        ({"elite_auc": 0.8, "eval_spearman": 0.2, "preference_accuracy": 0.6}, 2.0 / 3),
    ],
)
def test_only_people_and_measurements_judge(figures: dict, worth: float | None) -> None:
    found = objective(replace(NOTHING, **figures))
    assert found == (None if worth is None else pytest.approx(worth))


def test_members_cover_the_space_and_follow_the_seed() -> None:
    members = draw_members(CONFIG, 24, seed=1)
    assert len(members) == 24
    for name, (least, most, _) in SWEPT.items():
        values = [getattr(member, name) for member in members]
        assert least <= min(values) < max(values) <= most
        assert len(set(values)) == 24
    assert draw_members(CONFIG, 24, seed=1) == members
    assert draw_members(CONFIG, 24, seed=2) != members
    assert {member.hidden_width for member in members} == {16}


def test_a_sweep_finds_what_can_be_learned(learnable_set: TrainingSet) -> None:
    sane = CONFIG.model_copy(update={"learning_rate": 3e-3})
    mad = CONFIG.model_copy(update={"learning_rate": 3e-3, "weight_decay": 300.0})
    told = []
    results = sweep_population(
        learnable_set, [mad, sane], num_seeds=2, device="cpu", on_epoch=lambda: told.append(1)
    )
    assert [result.config for result in results] == [mad, sane]
    assert results[1].objective > 0.85
    assert results[0].objective < 0.7
    assert results[1].spread > 0
    assert results[1].metrics["elite_auc"] > 0.8
    assert len(told) == 2 * CONFIG.epochs
    assert SweepResult.from_dict(results[1].as_dict()) == results[1]
