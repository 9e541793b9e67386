"""Training: labels from elite lists and runs, a fit on Ray Train, a checkpoint, an MLflow run."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.coupling.baselines import BASELINES
from aivj.coupling.checkpoint import write_checkpoint
from aivj.coupling.config import FitConfig
from aivj.coupling.cross_validation import JUDGED, TREES
from aivj.coupling.device import DeviceChoice, choose_device, gpu_snapshot
from aivj.coupling.early_stopping import choose_epochs
from aivj.coupling.fit import fit
from aivj.coupling.held_out import HeldOut, HeldOutMetrics
from aivj.coupling.history import EpochMetrics, write_history
from aivj.coupling.split import split_by_family
from aivj.coupling.state import Fitted
from aivj.coupling.training_set import TrainingSet
from aivj.pipeline.labels import LabelRequest, read_training_set
from aivj.release.tracking import TrackedRun
from aivj.storage import write_atomic

BASELINES_NAME = "baselines.json"
_FEWEST_HELD_OUT = 20


@dataclass(frozen=True)
class TrainRequest:
    """What to learn from, how, and where to put the result.

    Attributes:
        labels: What to learn from.
        output_dir: Gets `models/` and `training_history.json`.
        config: How to learn.
        allow_cpu: Whether to train without CUDA.
        num_workers: Ray Train workers; 0 fits in this process.
        ray_address: Ray cluster to join; None runs one here.
    """

    labels: LabelRequest
    output_dir: Path
    config: FitConfig
    allow_cpu: bool = False
    num_workers: int = 1
    ray_address: str | None = None


@dataclass(frozen=True)
class TrainOutcome:
    """A finished training.

    Attributes:
        checkpoint_path: The net.
        history: Metrics of each epoch.
        baselines: Figures of other models on the same held-out families, by model.
        num_held_out: Labelled pairs among those families.
        notes: What was left out or reduced, for people.
        device: Where it ran, and why.
        on_cpu: Whether that was the CPU.
        num_rows: Rows of the training set.
        dataset_digest: Digest of the training set.
    """

    checkpoint_path: Path
    history: tuple[EpochMetrics, ...]
    baselines: dict[str, HeldOutMetrics]
    num_held_out: int
    notes: tuple[str, ...]
    device: str
    on_cpu: bool
    num_rows: int
    dataset_digest: str

    @property
    def verdicts(self) -> list[str]:
        """Says how the net stands to gradient-boosted trees on families that neither saw."""
        if self.num_held_out < _FEWEST_HELD_OUT:
            text = "labelled pairs of held-out families are too few to judge: see `aivj evaluate`"
            return [f"{self.num_held_out} {text}"]
        return [line for line in map(self._verdict, JUDGED) if line is not None]

    def _verdict(self, metric: str) -> str | None:
        mine, theirs = getattr(self.history[-1], metric), getattr(self.baselines[TREES], metric)
        if mine is None or theirs is None:
            return None
        relation = "beats" if mine > theirs else "does not beat"
        return (
            f"{metric} {mine:.3f}: the net {relation} the trees' {theirs:.3f} "
            f"on {self.num_held_out} held-out pairs"
        )


def train(
    request: TrainRequest, run: TrackedRun, on_epoch: Callable[[EpochMetrics], None]
) -> TrainOutcome:
    """Fits the coupling net and records the fit in `run`.

    Raises:
        DeviceRefusedError: No CUDA device and `allow_cpu` is not set.
        InputError: A manifest, elite list or run cannot be used, or no label is left.
        RunError: Ray Train lost its workers too often.
    """
    device = choose_device(allow_cpu=request.allow_cpu)
    training_set = read_training_set(request.labels, request.config)
    run.log_params({**request.config.model_dump(), "device": device.reason})
    run.log_dataset(
        "coupling",
        digest=training_set.dataset_digest(),
        num_rows=len(training_set),
        source=", ".join(map(str, request.labels.eval_paths)),
    )
    before = gpu_snapshot()

    def report(metrics: EpochMetrics) -> None:
        figures = {k: v for k, v in asdict(metrics).items() if k != "epoch" and v is not None}
        run.log_metrics(metrics.epoch, figures)
        on_epoch(metrics)

    config = _with_chosen_epochs(request.config, training_set, device)
    run.set_tag("chosen_epochs", str(config.epochs))
    fitted = _fit(request, config, training_set, device, report)
    checkpoint_path = write_checkpoint(request.output_dir, fitted)
    run.log_artifact(write_history(request.output_dir, fitted.history), "training")
    for suffix in (".safetensors", ".json"):
        run.log_artifact(checkpoint_path.with_suffix(suffix), "checkpoint")
    baselines, num_held_out = _baselines(training_set, config)
    _log_baselines(request.output_dir, run, baselines)
    _log_snapshots(request.output_dir, run, before, gpu_snapshot())
    return TrainOutcome(
        checkpoint_path=checkpoint_path,
        history=fitted.history,
        baselines=baselines,
        num_held_out=num_held_out,
        notes=training_set.notes,
        device=device.reason,
        on_cpu=device.device.type == "cpu",
        num_rows=len(training_set),
        dataset_digest=fitted.dataset_digest,
    )


def _with_chosen_epochs(
    config: FitConfig, training_set: TrainingSet, device: DeviceChoice
) -> FitConfig:
    if not config.early_stopping:
        return config
    split = split_by_family(training_set, share=config.held_out_share, seed=config.seed)
    epochs = choose_epochs(training_set, config, split=split, device=device.device)
    return config.model_copy(update={"epochs": epochs})


def _baselines(
    training_set: TrainingSet, config: FitConfig
) -> tuple[dict[str, HeldOutMetrics], int]:
    """Returns what simpler models reach on the families that the net was kept from."""
    split = split_by_family(training_set, share=config.held_out_share, seed=config.seed)
    held_out = HeldOut(training_set, split)
    if held_out.num_labelled == 0:
        return {}, 0
    figures = {
        name: held_out.metrics(fitter(training_set, split, config))
        for name, fitter in BASELINES.items()
    }
    return figures, held_out.num_labelled


def _log_baselines(folder: Path, run: TrackedRun, baselines: dict[str, HeldOutMetrics]) -> None:
    if not baselines:
        return
    document = {name: asdict(figures) for name, figures in baselines.items()}
    path = folder / BASELINES_NAME
    write_atomic(path, (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())
    run.log_artifact(path, "training")


def _fit(
    request: TrainRequest,
    config: FitConfig,
    training_set: TrainingSet,
    device: DeviceChoice,
    report: Callable[[EpochMetrics], None],
) -> Fitted:
    if request.num_workers == 0:
        return fit(training_set, config, device=device.device, report=report)
    from aivj.fleet.cluster import cluster
    from aivj.fleet.training import fit_on_ray

    with cluster(num_cpus=request.num_workers + 1, address=request.ray_address):
        return fit_on_ray(
            training_set,
            config,
            num_workers=request.num_workers,
            use_gpu=device.device.type == "cuda",
            storage_path=str((request.output_dir / "ray").resolve()),
            report=report,
        )


def _log_snapshots(folder: Path, run: TrackedRun, before: str | None, after: str | None) -> None:
    """Keeps what `nvidia-smi` said before and after, as evidence of where the fit ran."""
    for name, text in (("before", before), ("after", after)):
        if text is not None:
            path = folder / f"nvidia-smi-{name}.txt"
            write_atomic(path, text.encode())
            run.log_artifact(path, "training")
