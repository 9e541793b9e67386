"""Training: labels from elite lists and runs, a fit on Ray Train, a checkpoint, an MLflow run."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.contracts.judgement import NetJudgement
from aivj.coupling.baselines import BASELINES
from aivj.coupling.checkpoint import write_checkpoint
from aivj.coupling.config import FitConfig
from aivj.coupling.cross_validation import CONSTANT, JUDGED, TREES
from aivj.coupling.device import DeviceChoice, choose_device, gpu_snapshot
from aivj.coupling.early_stopping import EpochChoice, choose_epochs
from aivj.coupling.fit import fit
from aivj.coupling.held_out import HeldOut, HeldOutMetrics
from aivj.coupling.history import EpochMetrics, write_history
from aivj.coupling.split import split_by_family
from aivj.coupling.state import Fitted
from aivj.coupling.training_set import TrainingSet
from aivj.pipeline.labels import read_told, record_labels
from aivj.pipeline.requests import TrainRequest
from aivj.release.run_notes import CHECKPOINT_FOLDER, CHECKPOINT_TAG
from aivj.release.tracking import TrackedRun
from aivj.storage import sha256_hex, write_atomic
from aivj.storage.file_lock import file_lock

BASELINES_NAME = "baselines.json"
_FOLDER = "training"
_LOCK_NAME = ".coupling_net_final.lock"


@dataclass(frozen=True)
class TrainOutcome:
    """A finished training.

    Attributes:
        checkpoint_path: The net.
        history: Metrics of each epoch.
        baselines: Figures of other models on the same held-out families, by model.
        judgement: What may be claimed of the net.
        notes: What was left out or reduced, for people.
        device: Where it ran, and why.
        on_cpu: Whether that was the CPU.
        num_rows: Rows of the training set.
        dataset_digest: Digest of the training set.
    """

    checkpoint_path: Path
    history: tuple[EpochMetrics, ...]
    baselines: dict[str, HeldOutMetrics]
    judgement: NetJudgement
    notes: tuple[str, ...]
    device: str
    on_cpu: bool
    num_rows: int
    dataset_digest: str

    @property
    def against_trees(self) -> list[str]:
        """Says how the net stands to gradient-boosted trees on families that neither saw.

        Nothing where these are too few.
        """
        against = map(self._against_trees, JUDGED) if self.judgement.is_enough else ()
        return [line for line in against if line is not None]

    def _against_trees(self, metric: str) -> str | None:
        mine, theirs = getattr(self.history[-1], metric), getattr(self.baselines[TREES], metric)
        if mine is None or theirs is None:
            return None
        relation = "beats" if mine > theirs else "does not beat"
        return (
            f"{metric} {mine:.3f}: the net {relation} the trees' {theirs:.3f} "
            f"on {self.judgement.num_pairs} held-out pairs"
        )


def train(
    request: TrainRequest,
    run: TrackedRun,
    on_epoch: Callable[[EpochMetrics], None],
    say: Callable[[str], None] = lambda _: None,
) -> TrainOutcome:
    """Fits the coupling net and records the fit in `run`.

    Args:
        request: What to learn from, and how.
        run: Where it is recorded.
        on_epoch: Told each epoch of the fit that counts, and before it of the one that is watched.
        say: Told what is being done, and what was left out of the labels.

    Raises:
        DeviceRefusedError: No CUDA device and `allow_cpu` is not set.
        InputError: A manifest, elite list or run cannot be used, or no label is left.
        StorageError: Another process is writing the same checkpoint.
        RunError: Ray Train lost its workers too often.
    """
    with _only_writer(request.output_dir):
        return _train(request, run, on_epoch, say)


def _train(
    request: TrainRequest,
    run: TrackedRun,
    on_epoch: Callable[[EpochMetrics], None],
    say: Callable[[str], None],
) -> TrainOutcome:
    device = choose_device(allow_cpu=request.allow_cpu)
    training_set = read_told(request.labels, request.config, say)
    record_labels(run, request.labels, training_set)
    run.log_params({**request.config.model_dump(), "device": device.reason})
    before = gpu_snapshot()
    if request.config.early_stopping:
        say("watching a fit, to choose its length")
    choice = _chosen_epochs(
        request.config, training_set, device, _recording(run, on_epoch, "watched_")
    )
    config = request.config.model_copy(update={"epochs": choice.epochs})
    run.set_tag("chosen_epochs", str(config.epochs))
    say("fitting")
    fitted = _fit(request, config, training_set, device, _recording(run, on_epoch))
    say("comparing with simpler models")
    baselines, judgement = _baselines(training_set, config, fitted.history[-1])
    say(judgement.sentence)
    checkpoint_path = write_checkpoint(
        request.output_dir,
        fitted,
        num_rows=training_set.num_rows_by_source,
        left_out=training_set.notes,
        judgement=judgement,
        run_id=run.run_id,
    )
    history_path = write_history(request.output_dir, fitted.history, choice.watched)
    run.log_artifact(history_path, _FOLDER)
    net_paths = [checkpoint_path.with_suffix(suffix) for suffix in (".safetensors", ".json")]
    for path in net_paths:
        run.log_artifact(path, CHECKPOINT_FOLDER)
    digest = sha256_hex(checkpoint_path.read_bytes())
    run.set_tags({CHECKPOINT_TAG: digest, "judgement": judgement.sentence})
    _log_baselines(request.output_dir, run, baselines)
    _log_snapshots(request.output_dir, run, before, gpu_snapshot())
    run.require_recorded(
        _figures(fitted.history[-1]), {CHECKPOINT_FOLDER: net_paths, _FOLDER: [history_path]}
    )
    return TrainOutcome(
        checkpoint_path=checkpoint_path,
        history=fitted.history,
        baselines=baselines,
        judgement=judgement,
        notes=training_set.notes,
        device=device.reason,
        on_cpu=device.device.type == "cpu",
        num_rows=len(training_set),
        dataset_digest=fitted.dataset_digest,
    )


def _only_writer(output_dir: Path) -> contextlib.AbstractContextManager[None]:
    """Keeps every other training away from the checkpoint for the length of the block."""
    return file_lock(
        output_dir / "models" / _LOCK_NAME,
        timeout_s=0,
        remedy="it trains the same checkpoint: wait for it, or give this one its own --out-dir",
    )


def _recording(
    run: TrackedRun, on_epoch: Callable[[EpochMetrics], None], prefix: str = ""
) -> Callable[[EpochMetrics], None]:
    """Returns what records an epoch's figures, each under its name behind `prefix`."""

    def report(metrics: EpochMetrics) -> None:
        run.log_metrics(metrics.epoch, _figures(metrics, prefix))
        on_epoch(metrics)

    return report


def _figures(metrics: EpochMetrics, prefix: str = "") -> dict[str, float]:
    """Returns an epoch's figures that are known, each under its name behind `prefix`."""
    return {
        f"{prefix}{name}": value
        for name, value in asdict(metrics).items()
        if name != "epoch" and value is not None
    }


def _chosen_epochs(
    config: FitConfig,
    training_set: TrainingSet,
    device: DeviceChoice,
    report: Callable[[EpochMetrics], None],
) -> EpochChoice:
    if not config.early_stopping:
        return EpochChoice(config.epochs)
    split = split_by_family(training_set, share=config.held_out_share, seed=config.seed)
    return choose_epochs(training_set, config, split=split, device=device.device, on_epoch=report)


def _baselines(
    training_set: TrainingSet, config: FitConfig, net: HeldOutMetrics
) -> tuple[dict[str, HeldOutMetrics], NetJudgement]:
    """Returns what simpler models reach on the families that the net was kept from."""
    split = split_by_family(training_set, share=config.held_out_share, seed=config.seed)
    held_out = HeldOut(training_set, split)
    figures = {
        name: held_out.metrics(fitter(training_set, split, config))
        for name, fitter in BASELINES.items()
        if held_out.num_labelled > 0
    }
    judgement = NetJudgement(
        num_pairs=held_out.num_labelled,
        num_families=len(held_out.families),
        net_loss=net.held_out_loss,
        constant_loss=figures[CONSTANT].held_out_loss if figures else None,
    )
    return figures, judgement


def _log_baselines(folder: Path, run: TrackedRun, baselines: dict[str, HeldOutMetrics]) -> None:
    if not baselines:
        return
    document = {name: asdict(figures) for name, figures in baselines.items()}
    path = folder / BASELINES_NAME
    write_atomic(path, (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())
    run.log_artifact(path, _FOLDER)
    for name, figures in document.items():
        known = {key: value for key, value in figures.items() if value is not None}
        run.log_metrics(0, {f"{name.replace(' ', '_')}_{key}": v for key, v in known.items()})


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
            run.log_artifact(path, _FOLDER)
