"""The search on a real Ray Tune, with populations of real nets."""

import pickle
import threading
from dataclasses import replace

import numpy as np
import pytest
import ray
from fleet.bright_foregrounds import measured_pairs

from aivj.cli.console import bar
from aivj.coupling import FitConfig, TrainingSet
from aivj.coupling.sweep import STRUCTURE, SWEPT
from aivj.errors import RunError
from aivj.fleet.sweep import _counter, sweep_on_ray
from aivj.fleet.sweep_plan import SweepPlan

CONFIG = FitConfig(batch_size=64, seed=2, early_stopping=False)
PLAN = SweepPlan(num_configs=5, num_seeds=2, num_trials=2, max_concurrent=2)

pytestmark = pytest.mark.filterwarnings(
    "ignore:.use_[a-z0-9_]+. is deprecated:DeprecationWarning",
    "ignore::FutureWarning",
)


@pytest.fixture(scope="module")
def training_set() -> TrainingSet:
    return measured_pairs(200)


def test_structures_and_weights_are_searched_and_ranked(training_set: TrainingSet) -> None:
    told: list[tuple[int, int]] = []
    results = sweep_on_ray(
        training_set, CONFIG, PLAN, use_gpu=False, report=lambda *ended: told.append(ended)
    )
    assert told == [(1, 2), (2, 2)]
    objectives = [result.objective for result in results]
    assert len(results) == 5
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[0] > 0.7
    for result in results:
        assert all(getattr(result.config, name) in STRUCTURE[name] for name in STRUCTURE)
        for name, (least, most, _) in SWEPT.items():
            assert least <= getattr(result.config, name) <= most
    assert len({result.config.model_dump_json() for result in results}) == 5


def test_what_tune_pickles_holds_no_terminal() -> None:
    with bar("trials") as progress:
        counter = _counter(4, progress.update)
        progress.lock = threading.RLock()
        copy = pickle.loads(ray.cloudpickle.dumps(counter))  # noqa: S301 - our own bytes
    copy.on_trial_complete()
    assert copy.num_ended == 1


def test_a_search_whose_trials_all_fail_says_why(training_set: TrainingSet) -> None:
    nothing = replace(training_set, preset_families=np.zeros_like(training_set.preset_families))
    with pytest.raises(RunError, match="rows to train on"):
        sweep_on_ray(nothing, CONFIG, replace(PLAN, num_trials=1), use_gpu=False)
