"""What is learned from a pack's clusters: a head on its embeddings, an adapter of CLIP's tower."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from aivj.contracts.embedding_head import HeadMeta, LearnedFigures, LoraMeta
from aivj.contracts.embeddings import EmbeddingFiles, Variant, read_embeddings
from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.lora_trainlists import TargetLimits
from aivj.coupling.device import DeviceChoice, choose_device
from aivj.embedding.head import HEAD_META_NAME, HEAD_NAME, HeadConfig, figures_of, fit_head
from aivj.embedding.huggingface import MODEL
from aivj.embedding.lora import (
    LoraConfig,
    LoraFit,
    LoraTask,
    fit_lora,
    readable_pictures,
)
from aivj.embedding.targets import targets_of
from aivj.embedding.trainlists import write_trainlists
from aivj.errors import InputError
from aivj.pipeline.lora_dataset import assignments_of, choose_targets, only_writer
from aivj.release.tracking import TrackedRun
from aivj.storage import write_atomic

ADAPTER_FOLDER = "lora/adapter"
"""Where an adapter is, below the folder of a pack's artifacts."""

_LORA_META = "lora/lora.meta.json"
_ARTIFACTS = "embedding"


@dataclass(frozen=True)
class HeadRequest:
    """Which embeddings a head is learned on."""

    variant: Annotated[
        Variant, Field(description="hf: embeddings.hf.npy, of HuggingFace's tower.")
    ] = ""
    allow_cpu: Annotated[
        bool, Field(description="Learn on the CPU where there is no CUDA device.")
    ] = False


@dataclass(frozen=True)
class LoraRequest:
    """Which tower is taught, and where."""

    model: Annotated[
        str, Field(description="CLIP's vision tower: a name at the hub, or a folder.")
    ] = MODEL
    num_workers: Annotated[
        int,
        Field(
            ge=0,
            le=1024,
            description="Ray Train workers. Default: 1 with --ray-address, else 0, which learns "
            "here.",
        ),
    ] = 1
    ray_address: Annotated[
        str | None, Field(description="Join this Ray cluster (`auto` inside a job).")
    ] = None
    allow_cpu: Annotated[
        bool, Field(description="Learn on the CPU where there is no CUDA device.")
    ] = False


@dataclass(frozen=True)
class Taught:
    """What was learned.

    Attributes:
        path: Where it is.
        figures: How often it names the cluster of a preset that it did not learn from.
        device: Where it was learned.
    """

    path: Path
    figures: LearnedFigures
    device: str


def teach_head(
    folder: Path, clusters: Path | None, request: HeadRequest, config: HeadConfig, run: TrackedRun
) -> Taught:
    """Learns a head on a pack's embeddings, and writes `head.pt` with what it is.

    Args:
        folder: Of the pack's artifacts.
        clusters: Another clustering than the folder's.
        request: On which embeddings.
        config: How.
        run: Where it is recorded.

    Raises:
        DeviceRefusedError: There is no CUDA device, and the CPU is not allowed.
        InputError: There are no clusters, or no embeddings that say what made them.
        StorageError: The disk does not take it, or another process learns there.
    """
    device = choose_device(allow_cpu=request.allow_cpu)
    assignments = assignments_of(folder, clusters)
    files = EmbeddingFiles(folder, request.variant)
    embeddings = read_embeddings(files)
    if embeddings.meta is None:
        raise InputError(
            f"{files.meta} to say what made the vectors",
            "nothing, or another program's",
            "embed the pictures with `aivj embed --anew`",
        )
    targets = targets_of(
        embeddings.ids, assignments, held_out_share=config.held_out_share, seed=config.seed
    )
    with only_writer(folder):
        fitted = fit_head(embeddings.vectors, targets, config, device.device)
        meta = HeadMeta(
            generated_at=iso_utc(datetime.now(UTC)),
            kind=config.kind,
            dims=embeddings.meta.dims,
            hidden=config.hidden if config.kind == "mlp" else 0,
            classes=targets.classes,
            encoder=embeddings.meta.encoder,
            seed=config.seed,
            figures=fitted.figures,
        )
        write_atomic(folder / HEAD_NAME, fitted.to_bytes())
        write_atomic(folder / HEAD_META_NAME, document_bytes(meta))
    run.log_params({**vars(config), **vars(request), "device": device.reason})
    _record(run, fitted.figures, [folder / HEAD_NAME, folder / HEAD_META_NAME])
    return Taught(folder / HEAD_NAME, fitted.figures, device.reason)


def teach_lora(
    folder: Path,
    clusters: Path | None,
    request: LoraRequest,
    config: LoraConfig,
    limits: TargetLimits,
    run: TrackedRun,
    *,
    say: Callable[[str], None],
    on_epoch: Callable[[int, float], None],
) -> Taught:
    """Teaches CLIP's vision tower a pack's clusters, and writes the adapter.

    Args:
        folder: Of the pack's artifacts: pictures, clusters; the adapter goes below it.
        clusters: Another clustering than the folder's.
        request: Which tower, and where.
        config: How.
        limits: By which presets.
        run: Where it is recorded.
        say: Told what people should know.
        on_epoch: Told each epoch, from 1, and its loss.

    Raises:
        DeviceRefusedError: There is no CUDA device, and the CPU is not allowed.
        MissingDependencyError: transformers or peft are not installed.
        InputError: There are no clusters, no pictures, or no such tower.
        RunError: Ray Train lost its workers too often.
        StorageError: The disk does not take it, or another process learns there.
    """
    device = choose_device(allow_cpu=request.allow_cpu)
    taught_by = choose_targets(folder, clusters, limits)
    chosen, assignments = taught_by.chosen, taught_by.assignments
    with only_writer(folder):
        write_trainlists(folder, chosen, taught_by.left_out, assignments, limits)
        say(taught_by.told())
        pictures = readable_pictures(chosen, folder.resolve(), config.max_frames)
        ids = list(pictures)
        targets = targets_of(
            ids, assignments, held_out_share=config.held_out_share, seed=config.seed
        )
        task = LoraTask(request.model, tuple(pictures[each] for each in ids), targets)
        fit = _fitted(task, config, request, device, folder, on_epoch)
        fit.save_adapter(folder / ADAPTER_FOLDER)
        figures = figures_of(fit.named(), targets)
        meta = LoraMeta(
            generated_at=iso_utc(datetime.now(UTC)),
            model=request.model,
            weights=fit.weights,
            rank=config.rank,
            epochs=len(fit.losses),
            classes=targets.classes,
            seed=config.seed,
            losses=fit.losses,
            figures=figures,
        )
        write_atomic(folder / _LORA_META, document_bytes(meta))
    run.log_params({**vars(config), **vars(request), "device": device.reason})
    for epoch, loss in enumerate(fit.losses, start=1):
        run.log_metrics(epoch, {"train_loss": loss})
    adapter = sorted(path for path in (folder / ADAPTER_FOLDER).iterdir() if path.is_file())
    _record(run, figures, [folder / _LORA_META, *adapter])
    return Taught(folder / ADAPTER_FOLDER, figures, device.reason)


def _fitted(
    task: LoraTask,
    config: LoraConfig,
    request: LoraRequest,
    device: DeviceChoice,
    folder: Path,
    on_epoch: Callable[[int, float], None],
) -> LoraFit:
    if request.num_workers == 0:
        return fit_lora(task, config, device.device, on_epoch)
    from aivj.fleet.cluster import cluster
    from aivj.fleet.lora_training import fit_lora_on_ray

    with cluster(num_cpus=request.num_workers + 1, address=request.ray_address):
        state = fit_lora_on_ray(
            task,
            config,
            num_workers=request.num_workers,
            use_gpu=device.device.type == "cuda",
            storage_path=str((folder / "lora" / "ray").resolve()),
        )
    for epoch, loss in enumerate(state.losses, start=1):
        on_epoch(epoch, loss)
    return LoraFit(task, config, device=device.device, state=state)


def _record(run: TrackedRun, figures: LearnedFigures, paths: list[Path]) -> None:
    told = {name: value for name, value in figures if value is not None}
    run.log_metrics(0, {name: float(value) for name, value in told.items()})
    for path in paths:
        run.log_artifact(path, _ARTIFACTS)
