"""Training: labels from elite lists and runs, a fit on Ray Train, a checkpoint, an MLflow run."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.contracts.eval_rows import EvalRow, read_eval_rows
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.coupling.checkpoint import write_checkpoint
from aivj.coupling.config import FitConfig
from aivj.coupling.device import DeviceChoice, choose_device, gpu_snapshot
from aivj.coupling.examples import build_training_set
from aivj.coupling.fit import fit
from aivj.coupling.history import EpochMetrics, write_history
from aivj.coupling.state import Fitted
from aivj.coupling.training_set import TrainingSet
from aivj.release.tracking import TrackedRun
from aivj.storage import write_atomic


@dataclass(frozen=True)
class TrainRequest:
    """What to learn from and where to put the result.

    Attributes:
        packs: Packs whose pairs are measured and crossed.
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        eval_paths: Measurements, `eval.jsonl` files.
        elite_dir: Folder or file of the elite list; None trains without one.
        output_dir: Gets `models/` and `training_history.json`.
        config: How to learn.
        allow_cpu: Whether to train without CUDA.
        mix_renderers: Whether rows of different renderer classes may be mixed.
        num_workers: Ray Train workers; 0 fits in this process.
    """

    packs: Sequence[str]
    packs_root: Path
    eval_paths: Sequence[Path]
    elite_dir: Path | None
    output_dir: Path
    config: FitConfig
    allow_cpu: bool = False
    mix_renderers: bool = False
    num_workers: int = 1


@dataclass(frozen=True)
class TrainOutcome:
    """A finished training.

    Attributes:
        checkpoint_path: The net.
        history: Metrics of each epoch.
        notes: What was left out or reduced, for people.
        device: Where it ran, and why.
        on_cpu: Whether that was the CPU.
        num_rows: Rows of the training set.
        dataset_digest: Digest of the training set.
    """

    checkpoint_path: Path
    history: tuple[EpochMetrics, ...]
    notes: tuple[str, ...]
    device: str
    on_cpu: bool
    num_rows: int
    dataset_digest: str


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
    training_set = _training_set(request)
    run.log_params({**request.config.model_dump(), "device": device.reason})
    run.log_dataset(
        "coupling",
        digest=training_set.dataset_digest(),
        num_rows=len(training_set.target),
        source=", ".join(map(str, request.eval_paths)),
    )
    before = gpu_snapshot()

    def report(metrics: EpochMetrics) -> None:
        figures = {k: v for k, v in asdict(metrics).items() if k != "epoch" and v is not None}
        run.log_metrics(metrics.epoch, figures)
        on_epoch(metrics)

    fitted = _fit(request, training_set, device, report)
    checkpoint_path = write_checkpoint(request.output_dir, fitted)
    run.log_artifact(write_history(request.output_dir, fitted.history), "training")
    for suffix in (".safetensors", ".json"):
        run.log_artifact(checkpoint_path.with_suffix(suffix), "checkpoint")
    _log_snapshots(request.output_dir, run, before, gpu_snapshot())
    return TrainOutcome(
        checkpoint_path=checkpoint_path,
        history=fitted.history,
        notes=training_set.notes,
        device=device.reason,
        on_cpu=device.device.type == "cpu",
        num_rows=len(training_set.target),
        dataset_digest=fitted.dataset_digest,
    )


def _training_set(request: TrainRequest) -> TrainingSet:
    rows: list[EvalRow] = []
    for path in request.eval_paths:
        rows += read_eval_rows(path).rows
    presets = request.packs_root / "presets"
    return build_training_set(
        request.config,
        packs_root=request.packs_root,
        manifests=[
            read_pairs_manifest(presets / pack / PAIRS_MANIFEST_NAME, pack=pack)
            for pack in request.packs
        ],
        elite=read_elite_manifest(request.elite_dir) if request.elite_dir else None,
        eval_rows=rows,
        mix_renderers=request.mix_renderers,
    )


def _fit(
    request: TrainRequest,
    training_set: TrainingSet,
    device: DeviceChoice,
    report: Callable[[EpochMetrics], None],
) -> Fitted:
    if request.num_workers == 0:
        return fit(training_set, request.config, device=device.device, report=report)
    from aivj.fleet.cluster import cluster
    from aivj.fleet.training import fit_on_ray

    with cluster(num_cpus=request.num_workers + 1):
        return fit_on_ray(
            training_set,
            request.config,
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
