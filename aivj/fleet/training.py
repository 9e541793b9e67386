"""The coupling fit on Ray Train: one worker or several, taken up again when one is lost.

The fit itself is `aivj.coupling.fit`, which knows nothing of Ray; this module gives each worker
its data, its share and its last state. Assumes that Ray has been initialised.
"""

from collections.abc import Callable
from typing import Any

from aivj.coupling.config import FitConfig
from aivj.coupling.fit import Fit, Shard
from aivj.coupling.history import EpochMetrics
from aivj.coupling.state import FitState, Fitted
from aivj.coupling.training_set import TrainingSet
from aivj.fleet.train_workers import TrainPlan, keep, kept, run_workers


def fit_on_ray(
    training_set: TrainingSet,
    config: FitConfig,
    *,
    num_workers: int = 1,
    use_gpu: bool,
    storage_path: str,
    report: Callable[[EpochMetrics], None] | None = None,
) -> Fitted:
    """Fits on Ray Train workers; the result is that of `aivj.coupling.fit.fit`.

    One worker gives the same weights as a fit in this process on the same kind of device; several
    give the same but for the order of sums. A state is kept after each epoch, and a lost worker
    costs the epochs since the last one.

    Args:
        training_set: What to learn; goes to the workers through the object store.
        config: How to learn it.
        num_workers: Workers that share each batch.
        use_gpu: Gives each worker a GPU; otherwise workers run on the CPU.
        storage_path: Folder or bucket URI that all nodes reach, for the states.
        report: Called for each epoch in order, once the workers are done, so that an epoch
            repeated after a loss is reported once.

    Raises:
        RunError: As `run_workers`.
    """
    import ray

    state = FitState.from_bytes(
        run_workers(
            _train_worker,
            {"training_set": ray.put(training_set), "config": config, "use_gpu": use_gpu},
            TrainPlan("coupling", num_workers, use_gpu=use_gpu, storage_path=storage_path),
        )
    )
    for metrics in state.history:
        if report is not None:
            report(metrics)
    return Fitted.from_state(state, training_set, config)


def _train_worker(options: dict[str, Any]) -> None:
    """Fits on one worker, from the last state there is."""
    import ray.train.torch

    context = ray.train.get_context()
    shard = Shard(context.get_world_rank(), context.get_world_size())
    config: FitConfig = options["config"]
    state = kept(ray.train.get_checkpoint())
    fit = Fit(
        ray.get(options["training_set"]),
        config,
        # Without a GPU of its own, a worker on a GPU node would be told to use the first one.
        device=ray.train.torch.get_device() if options["use_gpu"] else "cpu",
        state=None if state is None else FitState.from_bytes(state),
        shard=shard,
    )
    while fit.num_epochs_done < config.epochs:
        metrics = fit.run_epoch()
        # All workers hold the same state after a step, so one of them keeps it for all.
        figures = {"epoch": metrics.epoch, "train_loss": metrics.train_loss}
        keep(fit.state().to_bytes() if shard.rank == 0 else None, figures)
