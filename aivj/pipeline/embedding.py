"""Embeds a pack's pictures: which encoder, on which device, into which files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings_meta
from aivj.contracts.frames_index import best_rows, read_frames_index
from aivj.coupling.device import DeviceChoice, choose_device
from aivj.embedding.efficientnet import KIND as EFFICIENTNET
from aivj.embedding.efficientnet import load_efficientnet
from aivj.embedding.embed import (
    BATCH_ON_CPU,
    BATCH_ON_CUDA,
    EmbedPlan,
    EmbedSummary,
    embed,
)
from aivj.embedding.encoder import EncoderKind, PictureEncoder
from aivj.embedding.huggingface import MODEL as HUGGINGFACE_MODEL
from aivj.embedding.huggingface import load_huggingface
from aivj.embedding.openclip import MODEL, PRETRAINED, load_openclip
from aivj.errors import InputError
from aivj.storage.file_lock import file_lock

_LOCK_NAME = ".embed.lock"
_MAX_PICTURES = 200


@dataclass(frozen=True)
class EmbedRequest:
    """What is embedded with what."""

    encoder: Annotated[
        EncoderKind | None,
        Field(
            description="What makes vectors. Default: what made those that are there; else "
            "openclip, or where its weights cannot be had, efficientnet-lite0, said aloud."
        ),
    ] = None
    model: Annotated[
        str | None,
        Field(
            description=f"Architecture, {MODEL} unless told otherwise; of huggingface a name at "
            "the hub or a folder."
        ),
    ] = None
    pretrained: Annotated[
        str | None,
        Field(
            description=f"openclip's weights: a name at the hub, {PRETRAINED} unless told "
            "otherwise, a checkpoint, or a folder."
        ),
    ] = None
    lora_dir: Annotated[
        Path | None, Field(description="huggingface's LoRA adapter, lora/adapter of a pack.")
    ] = None
    max_frames: Annotated[
        int, Field(ge=1, le=_MAX_PICTURES, description="Pictures of a preset at most.")
    ] = 3
    batch: Annotated[
        int,
        Field(
            ge=0,
            le=65_536,
            description=f"Pictures at a time; 0: {BATCH_ON_CUDA} on CUDA, {BATCH_ON_CPU} on the "
            "CPU. Halved where memory does not hold them.",
        ),
    ] = 0
    fp16: Annotated[bool, Field(description="Compute in half precision on CUDA.")] = True
    anew: Annotated[bool, Field(description="Embed again what was embedded.")] = False
    allow_cpu: Annotated[
        bool, Field(description="Embed on the CPU where there is no CUDA device.")
    ] = False


@dataclass(frozen=True)
class EmbedOutcome:
    """What was embedded, with what, into which files."""

    summary: EmbedSummary
    encoder: PictureEncoder
    files: EmbeddingFiles
    device: str


def embed_frames(
    index: Path,
    out_dir: Path,
    request: EmbedRequest,
    *,
    say: Callable[[str], None],
    on_progress: Callable[[int, int], None],
) -> EmbedOutcome:
    """Embeds the presets of an index that have pictures and no vectors yet.

    Args:
        index: The index, in the folder of its pictures.
        out_dir: Where the vectors are and go.
        request: With what.
        say: Told what people should know.
        on_progress: Told how many presets of how many are done.

    Raises:
        DeviceRefusedError: There is no CUDA device, and the CPU is not allowed.
        MissingDependencyError: A package that the encoder needs is not installed.
        InputError: There is no index or no picture in it, no such weights, or the vectors that are
            there are another encoder's.
        StorageError: The disk does not take them, or another process is at it.
    """
    device = choose_device(allow_cpu=request.allow_cpu)
    if not index.is_file():
        raise InputError(
            f"an index of pictures at {index}",
            "nothing there",
            "take pictures first: `aivj frames`; or name another --index",
        )
    rows = [row for row in best_rows(read_frames_index(index).rows).values() if row.status == "ok"]
    if not rows:
        raise InputError(f"presets with pictures in {index}", "none", "run `aivj frames` first")
    with file_lock(
        out_dir / _LOCK_NAME, timeout_s=0, remedy="wait for it, or name another --out-dir"
    ):
        encoder, files = _encoder(out_dir, request, device, say)
        plan = EmbedPlan(
            max_frames=request.max_frames,
            batch=request.batch
            or (BATCH_ON_CUDA if device.device.type == "cuda" else BATCH_ON_CPU),
            anew=request.anew,
        )
        say(f"{len(rows)} presets by {encoder.identity.kind} {encoder.identity.model}")
        summary = embed(rows, index.parent, files, encoder, plan, on_progress=on_progress)
    return EmbedOutcome(summary, encoder, files, device.reason)


def _encoder(
    out_dir: Path, request: EmbedRequest, device: DeviceChoice, say: Callable[[str], None]
) -> tuple[PictureEncoder, EmbeddingFiles]:
    """Loads what the request asks for, or what made the vectors that are there."""
    kind = request.encoder or _implied(request)
    if kind == "huggingface":
        model = request.model or HUGGINGFACE_MODEL
        loaded = load_huggingface(model, request.lora_dir, device=device.device, fp16=request.fp16)
        return loaded, EmbeddingFiles(out_dir, "hf")
    _refuse_stray(request, kind)
    files = EmbeddingFiles(out_dir)
    was_chosen = kind is not None or request.model or request.pretrained
    if kind is None and not request.anew and _made_by_efficientnet(files):
        kind = "efficientnet-lite0"
    if kind == "efficientnet-lite0":
        return load_efficientnet(device=device.device), files
    if request.pretrained is None:
        say("asking the hub for weights; who has none says --encoder efficientnet-lite0")
    try:
        return _openclip(request, device), files
    except InputError as error:
        if was_chosen:
            raise
        say(
            f"note: {error.found}: embedding with EfficientNet-Lite0's ImageNet features instead, "
            "which are no CLIP's"
        )
        return load_efficientnet(device=device.device), files


def _implied(request: EmbedRequest) -> EncoderKind | None:
    """Returns the encoder that an option means that only one of them has."""
    if request.lora_dir is not None:
        return "huggingface"
    return "openclip" if request.pretrained is not None else None


def _refuse_stray(request: EmbedRequest, kind: EncoderKind | None) -> None:
    if request.lora_dir is not None:
        raise InputError(
            "--lora-dir with --encoder huggingface", f"--encoder {kind}", "leave one of them out"
        )
    if kind == "efficientnet-lite0" and (request.model or request.pretrained):
        raise InputError(
            "no --model and no --pretrained with efficientnet-lite0, which has its own",
            f"{request.model or request.pretrained}",
            "leave them out, or say --encoder openclip",
        )


def _openclip(request: EmbedRequest, device: DeviceChoice) -> PictureEncoder:
    model, pretrained = request.model or MODEL, request.pretrained
    if pretrained is None:
        pretrained = PRETRAINED
    return load_openclip(model, pretrained, device=device.device, fp16=request.fp16)


def _made_by_efficientnet(files: EmbeddingFiles) -> bool:
    try:
        return read_embeddings_meta(files).encoder.kind == EFFICIENTNET
    except InputError:
        return False
