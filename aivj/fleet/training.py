"""The coupling fit on Ray Train: one worker or several, taken up again when one is lost.

The fit itself is `aivj.coupling.fit`, which knows nothing of Ray; this module gives each worker
its data, its share and its last state. Assumes that Ray has been initialised.
"""

import contextlib
import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aivj.coupling.config import FitConfig
from aivj.coupling.fit import Fit, Shard
from aivj.coupling.history import EpochMetrics
from aivj.coupling.state import FitState, Fitted
from aivj.coupling.training_set import TrainingSet
from aivj.errors import RunError

# Ray reads how to authenticate when it is first imported, so this module leaves that to the
# moment when a cluster is there.
if TYPE_CHECKING:
    import ray.train
    import ray.train.torch

MAX_FAILURES = 2
_STATE_NAME = "fit_state.pt"

# Every report of a worker waits until the controller looks at it, every two seconds by default:
# a fit of twenty short epochs would spend forty seconds waiting. The others are watchers that a
# fit of minutes does not need. Values that are already in the environment are left alone.
_TRAIN_ENVIRONMENT = {
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.2",
    "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": "0",
    "RAY_TRAIN_METRICS_ENABLED": "0",
}


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
        RunError: Workers failed or were lost more often than `MAX_FAILURES`; or as often could not
            start within the time of `RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S`, a minute by default.
    """
    import ray.train.torch

    trainer = ray.train.torch.TorchTrainer(
        _train_worker,
        train_loop_config={
            "training_set": ray.put(training_set),
            "config": config,
            "use_gpu": use_gpu,
        },
        scaling_config=ray.train.ScalingConfig(num_workers=num_workers, use_gpu=use_gpu),
        run_config=ray.train.RunConfig(
            name=f"coupling-{uuid.uuid4().hex}",
            # Workers have other working folders, so a relative path would mean another place.
            storage_path=storage_path
            if "://" in storage_path
            else str(Path(storage_path).resolve()),
            # Without the second limit, workers that cannot start are waited for without end.
            failure_config=ray.train.FailureConfig(
                max_failures=MAX_FAILURES,
                controller_failure_limit=MAX_FAILURES,  # type: ignore[call-arg] # typed as Train V1
            ),
            checkpoint_config=ray.train.CheckpointConfig(num_to_keep=1),
        ),
    )
    state = _run(trainer)
    for metrics in state.history:
        if report is not None:
            report(metrics)
    return Fitted.from_state(state, training_set, config)


def _run(trainer: "ray.train.torch.TorchTrainer") -> FitState:
    """Runs the trainer to its end and returns the state that was kept last.

    In a thread of its own, since on the main thread the trainer takes over Ctrl-C for good and
    answers it by ending the process with exit code 0.
    """
    outcome: list[FitState | Exception | None] = []

    def work() -> None:
        try:
            outcome.append(_kept_state(trainer.fit().checkpoint))
        except Exception as error:  # noqa: BLE001 - carried over to the calling thread
            outcome.append(error)

    with _train_environment():
        thread = threading.Thread(target=work, name="ray-train", daemon=True)
        thread.start()
        thread.join()
    (result,) = outcome
    if not isinstance(result, FitState):
        # Ray's messages end with the cause, after pages of its own frames.
        cause = str(result).strip().splitlines()[-1:] if result else ["no state was kept"]
        raise RunError(
            f"a fit that ends with at most {MAX_FAILURES} lost workers",
            f"{type(result).__name__}: {' '.join(cause)}",
            "see the error it came from; the storage path must be writable from every node, and "
            "memory and GPUs must suffice for the workers",
        ) from result
    return result


def _train_worker(options: dict[str, Any]) -> None:
    """Fits on one worker, from the last state there is."""
    import ray.train.torch

    context = ray.train.get_context()
    shard = Shard(context.get_world_rank(), context.get_world_size())
    config: FitConfig = options["config"]
    fit = Fit(
        ray.get(options["training_set"]),
        config,
        # Without a GPU of its own, a worker on a GPU node would be told to use the first one.
        device=ray.train.torch.get_device() if options["use_gpu"] else "cpu",
        state=_kept_state(ray.train.get_checkpoint()),
        shard=shard,
    )
    while fit.num_epochs_done < config.epochs:
        metrics = fit.run_epoch()
        # All workers hold the same state after a step, so one of them keeps it for all.
        _keep(fit.state() if shard.rank == 0 else None, metrics)


def _kept_state(checkpoint: "ray.train.Checkpoint | None") -> FitState | None:
    if checkpoint is None:
        return None
    with checkpoint.as_directory() as folder:
        return FitState.from_bytes(Path(folder, _STATE_NAME).read_bytes())


def _keep(state: FitState | None, metrics: EpochMetrics) -> None:
    """Reports an epoch; every worker must, the state comes from one of them."""
    import ray.train

    figures = {"epoch": metrics.epoch, "train_loss": metrics.train_loss}
    if state is None:
        ray.train.report(figures)
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, _STATE_NAME).write_bytes(state.to_bytes())
        ray.train.report(figures, checkpoint=ray.train.Checkpoint.from_directory(folder))


@contextlib.contextmanager
def _train_environment() -> Iterator[None]:
    """Sets what Ray Train reads from the environment when a fit starts, and takes it back."""
    added = {key: value for key, value in _TRAIN_ENVIRONMENT.items() if key not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for key in added:
            os.environ.pop(key, None)
