"""Learning a LoRA adapter on Ray Train: one worker or several, taken up again when one is lost.

The fit itself is `aivj.embedding.lora`, which knows nothing of Ray. Assumes that Ray has been
initialised, and that pictures and the tower's folder lie where every node reaches them.
"""

from typing import Any

import torch

from aivj.embedding.lora import LoraConfig, LoraFit, LoraState, LoraTask
from aivj.fleet.train_workers import TrainPlan, keep, kept, run_workers


def fit_lora_on_ray(
    task: LoraTask, config: LoraConfig, *, num_workers: int = 1, use_gpu: bool, storage_path: str
) -> LoraState:
    """Learns an adapter on Ray Train workers.

    One worker learns what a fit in this process learns on the same kind of device; several the
    same but for the order of sums.

    Args:
        task: What to learn.
        config: How.
        num_workers: Workers that share each batch.
        use_gpu: Gives each worker a GPU; otherwise workers run on the CPU.
        storage_path: Folder or bucket URI that all nodes reach, for the states.

    Raises:
        RunError: As `run_workers`.
    """
    import ray

    options = {"task": ray.put(task), "config": config, "use_gpu": use_gpu}
    plan = TrainPlan("lora", num_workers, use_gpu=use_gpu, storage_path=storage_path)
    return LoraState.from_bytes(run_workers(_train_worker, options, plan))


def _train_worker(options: dict[str, Any]) -> None:
    """Learns on one worker, from the last state there is."""
    import ray.train.torch

    context = ray.train.get_context()
    config: LoraConfig = options["config"]
    state = kept(ray.train.get_checkpoint())
    fit = LoraFit(
        ray.get(options["task"]),
        config,
        # Without a GPU of its own, a worker on a GPU node would be told to use the first one.
        device=ray.train.torch.get_device() if options["use_gpu"] else torch.device("cpu"),
        state=None if state is None else LoraState.from_bytes(state),
        rank=context.get_world_rank(),
        num_workers=context.get_world_size(),
    )
    while len(fit.losses) < config.epochs:
        loss = fit.run_epoch()
        # All workers hold the same state after a step, so one of them keeps it for all.
        is_first = context.get_world_rank() == 0
        keep(fit.state().to_bytes() if is_first else None, {"train_loss": loss})
