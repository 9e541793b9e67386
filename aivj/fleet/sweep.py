"""A search for weights and sizes on Ray Tune: each trial fits a population as one batch.

A trial for each configuration would spend its time on starting processes; here a trial is one
structure, which Optuna chooses, and all variants of weights and step sizes that share it. Assumes
that Ray has been initialised.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from aivj.coupling.config import FitConfig
from aivj.coupling.sweep import (
    STRUCTURE,
    SweepResult,
    draw_members,
    ranked,
    sweep_population,
)
from aivj.coupling.training_set import TrainingSet
from aivj.errors import RunError
from aivj.fleet.sweep_plan import SweepPlan

if TYPE_CHECKING:
    import ray
    from ray import tune

OBJECTIVE = "objective"
_MEMBERS = "members"
_DRAW = "draw"
_NUM_DRAWS = 1 << 16
_NOTHING_JUDGED = 0.0


def sweep_on_ray(
    training_set: TrainingSet,
    config: FitConfig,
    plan: SweepPlan,
    *,
    use_gpu: bool,
    report: Callable[[int, int], None] | None = None,
) -> list[SweepResult]:
    """Judges variants of `config` and returns them, the best one first.

    Args:
        training_set: What to learn; goes to the trials through the object store.
        config: What is not swept, and the first seed.
        plan: How many variants.
        use_gpu: Gives each trial a GPU; otherwise trials run on the CPU.
        report: Told how many trials of how many have ended.

    Raises:
        RunError: Every trial failed.
    """
    import ray
    from ray import tune

    trial = _trial(ray.put(training_set), config, plan, "cuda" if use_gpu else "cpu")
    with _folder() as folder:
        results = tune.Tuner(
            tune.with_resources(trial, {"cpu": 1, "gpu": int(use_gpu)}),
            tune_config=tune.TuneConfig(
                search_alg=_search(config.seed),
                num_samples=plan.num_trials,
                max_concurrent_trials=plan.max_concurrent,
                metric=OBJECTIVE,
                mode="max",
            ),
            run_config=tune.RunConfig(
                storage_path=folder, verbose=0, callbacks=[_counter(plan.num_trials, report)]
            ),
        ).fit()
    found = [
        SweepResult.from_dict(row)
        for result in (results[place] for place in range(len(results)))
        if result.error is None and result.metrics is not None
        for row in json.loads(result.metrics[_MEMBERS])
    ]
    if not found:
        causes = {str(error).strip().splitlines()[-1] for error in results.errors}
        raise RunError(
            "at least one trial that ends",
            f"{plan.num_trials} that failed: {'; '.join(sorted(causes))}",
            "see the error it came from; memory and GPUs must suffice for a trial",
        )
    return ranked(found)[: plan.num_configs]


def _trial(
    shared: "ray.ObjectRef[TrainingSet]", config: FitConfig, plan: SweepPlan, device: str
) -> Callable[[dict[str, Any]], dict[str, float | str]]:
    def run(chosen: dict[str, Any]) -> dict[str, float | str]:
        import ray

        structure = config.model_copy(
            update={"early_stopping": False, **{name: chosen[name] for name in STRUCTURE}}
        )
        members = draw_members(structure, plan.num_members, seed=chosen[_DRAW])
        results = sweep_population(
            ray.get(shared), members, num_seeds=plan.num_seeds, device=device
        )
        best = ranked(results)[0].objective
        return {
            OBJECTIVE: _NOTHING_JUDGED if best is None else best,
            # Tune would spread nested values over columns.
            _MEMBERS: json.dumps([result.as_dict() for result in results]),
        }

    return run


def _search(seed: int) -> Any:
    """Returns Optuna's search (TPE) over structures; `draw` decides on a trial's members."""
    import optuna
    from ray import tune
    from ray.tune.search.optuna import OptunaSearch

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {name: tune.choice(list(values)) for name, values in STRUCTURE.items()}
    space[_DRAW] = tune.randint(0, _NUM_DRAWS)
    return OptunaSearch(space=space, metric=OBJECTIVE, mode="max", seed=seed)


def _counter(num_trials: int, report: Callable[[int, int], None] | None) -> "tune.Callback":
    """Returns what tells how many trials have ended, well or not."""
    from ray import tune

    class Counter(tune.Callback):
        """Counts trials.

        Tune pickles its callbacks into the state of the search. Whoever is told may hold a
        terminal, which cannot be pickled, so that the copy there tells nobody.
        """

        def __init__(self) -> None:
            self.num_ended = 0
            self.report = report

        def __reduce__(self) -> tuple[object, ...]:
            return _counter, (num_trials, None)

        def on_trial_complete(self, *_: Any, **__: Any) -> None:
            self._count()

        def on_trial_error(self, *_: Any, **__: Any) -> None:
            self._count()

        def _count(self) -> None:
            self.num_ended += 1
            if self.report is not None:
                self.report(self.num_ended, num_trials)

    return Counter()


@contextlib.contextmanager
def _folder() -> Iterator[str]:
    """Gives Tune a folder for the files that nobody needs after the search."""
    with tempfile.TemporaryDirectory(prefix="aivj-tune-", ignore_cleanup_errors=True) as folder:
        yield folder
