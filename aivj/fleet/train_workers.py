"""Ray Train's workers as fits use them: a state kept after each epoch, a lost worker replaced.

What is fitted is the caller's: it gives each worker its data, and states as bytes. Assumes that
Ray has been initialised.
"""

import contextlib
import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True)
class TrainPlan:
    """Where a fit runs.

    Attributes:
        name: What it is called; runs of one name have different places.
        num_workers: Workers that share each batch.
        use_gpu: Gives each worker a GPU; otherwise workers run on the CPU.
        storage_path: Folder or bucket URI that all nodes reach, for the states.
    """

    name: str
    num_workers: int
    use_gpu: bool
    storage_path: str


def run_workers(
    work: Callable[[dict[str, Any]], None], options: dict[str, Any], plan: TrainPlan
) -> bytes:
    """Runs workers to their end; returns the state that was kept last.

    Args:
        work: What each does; it is given `options`, and calls `keep` after each epoch.
        options: Given to each.
        plan: Where.

    Raises:
        RunError: Workers failed or were lost more often than `MAX_FAILURES`; or as often could not
            start within the time of `RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S`, a minute by default.
    """
    import ray.train.torch

    storage_path = plan.storage_path
    trainer = ray.train.torch.TorchTrainer(
        work,
        train_loop_config=options,
        scaling_config=ray.train.ScalingConfig(num_workers=plan.num_workers, use_gpu=plan.use_gpu),
        run_config=ray.train.RunConfig(
            name=f"{plan.name}-{uuid.uuid4().hex}",
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
    return _run(trainer)


def kept(checkpoint: "ray.train.Checkpoint | None") -> bytes | None:
    """Returns the state that `keep` kept; None if there is none."""
    if checkpoint is None:
        return None
    with checkpoint.as_directory() as folder:
        return Path(folder, _STATE_NAME).read_bytes()


def keep(state: bytes | None, figures: Mapping[str, float]) -> None:
    """Reports an epoch; every worker must, and one of them gives the state for all."""
    import ray.train

    if state is None:
        ray.train.report(dict(figures))
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, _STATE_NAME).write_bytes(state)
        ray.train.report(dict(figures), checkpoint=ray.train.Checkpoint.from_directory(folder))


def _run(trainer: "ray.train.torch.TorchTrainer") -> bytes:
    """Runs the trainer to its end and returns the state that was kept last.

    In a thread of its own, since on the main thread the trainer takes over Ctrl-C for good and
    answers it by ending the process with exit code 0.
    """
    outcome: list[bytes | Exception | None] = []

    def work() -> None:
        try:
            outcome.append(kept(trainer.fit().checkpoint))
        except Exception as error:  # noqa: BLE001 - carried over to the calling thread
            outcome.append(error)

    with _train_environment():
        thread = threading.Thread(target=work, name="ray-train", daemon=True)
        thread.start()
        thread.join()
    (result,) = outcome
    if not isinstance(result, bytes):
        # Ray's messages end with the cause, after pages of its own frames.
        cause = str(result).strip().splitlines()[-1:] if result else ["no state was kept"]
        raise RunError(
            f"a fit that ends with at most {MAX_FAILURES} lost workers",
            f"{type(result).__name__}: {' '.join(cause)}",
            "see the error it came from; the storage path must be writable from every node, and "
            "memory and GPUs must suffice for the workers",
        ) from result
    return result


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
