"""Pictures of an index to vectors in aligned files, a preset each, only those that are missing."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from aivj.contracts.embeddings import (
    EmbeddingFiles,
    Embeddings,
    EmbeddingsMeta,
    Vectors,
    fits_a_line,
    read_embeddings,
    remove_embeddings,
    write_embeddings,
)
from aivj.contracts.frames_index import FramesRow, frame_files
from aivj.contracts.json_text import iso_utc
from aivj.embedding.encoder import PictureEncoder
from aivj.errors import InputError
from aivj.stage.thumbnails import open_picture

if TYPE_CHECKING:
    from PIL import Image

_NUM_THREADS = 8
_KEEP_EVERY_S = 120.0
_MIN_NORM = 1e-6

BATCH_ON_CUDA = 512
BATCH_ON_CPU = 32
"""Pictures at a time unless told otherwise; halved where the device's memory does not hold them."""


@dataclass
class EmbedSummary:
    """What was embedded.

    Attributes:
        num_before: Presets whose vectors were there already.
        num_embedded: Presets that were embedded.
        left_out: Presets without a vector, by reason.
        batch: Pictures at a time, in the end.
        seconds: Time it took, decoding included.
    """

    num_before: int = 0
    num_embedded: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    batch: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class EmbedPlan:
    """How pictures are embedded.

    Attributes:
        max_frames: Pictures of a preset at most.
        batch: Pictures at a time.
        anew: Whether vectors that are there are thrown away.
    """

    max_frames: int = 3
    batch: int = BATCH_ON_CPU
    anew: bool = False


def embed(
    rows: Sequence[FramesRow],
    root: Path,
    files: EmbeddingFiles,
    encoder: PictureEncoder,
    plan: EmbedPlan,
    *,
    on_progress: Callable[[int, int], None] = lambda _num_done, _num_all: None,
    now_s: Callable[[], float] = time.monotonic,
) -> EmbedSummary:
    """Embeds the presets whose vectors are missing; what is done is written every two minutes.

    A preset's vector is the mean of the unit vectors of its pictures, of length 1 again.

    Args:
        rows: The lines that count of presets that are ok.
        root: Folder of their index.
        files: Where vectors are and go.
        encoder: What makes them.
        plan: How.
        on_progress: Told how many presets of how many are done.
        now_s: The clock.

    Raises:
        InputError: The vectors that are there were made by another encoder, or cannot be read.
        StorageError: The disk does not take them.
    """
    begun_s = now_s()
    known = None if plan.anew else _known(files, encoder, plan)
    before = set() if known is None else set(known.ids)
    waiting = [row for row in rows if row.preset_id not in before]
    summary = EmbedSummary(num_before=len(before), batch=plan.batch)
    growing = _Growing(files, known, encoder, plan)
    device = _Sized(encoder, plan.batch)
    kept_s, num_done = now_s(), 0
    for lot in _lots(waiting, root, encoder, plan, summary.left_out):
        growing.add(_vectors(lot, device, summary.left_out))
        num_done = len(growing.ids) - len(before) + summary.left_out.total()
        if waiting:
            on_progress(num_done, len(waiting))
        if now_s() - kept_s >= _KEEP_EVERY_S:
            growing.write()
            kept_s = now_s()
    growing.write()
    summary.num_embedded = len(growing.ids) - len(before)
    summary.batch, summary.seconds = device.batch, now_s() - begun_s
    return summary


def _known(files: EmbeddingFiles, encoder: PictureEncoder, plan: EmbedPlan) -> Embeddings | None:
    """Reads what is there, if anything is, and refuses what another encoder made."""
    if not files.ids.exists() and not files.vectors.exists():
        return None
    if not files.ids.exists():
        # The first write broke off before its ids.
        return None
    known = read_embeddings(files)
    meta = known.meta
    if meta is None:
        found = "vectors of which nobody says what made them"
    elif meta.encoder != encoder.identity:
        found = f"vectors of {meta.encoder.kind} {meta.encoder.model} {meta.encoder.weights[:12]}"
    elif meta.max_frames_per_preset != plan.max_frames:
        found = f"vectors of up to {meta.max_frames_per_preset} pictures"
    else:
        return known
    identity = encoder.identity
    raise InputError(
        f"vectors of {identity.kind} {identity.model} {identity.weights[:12]}, of up to "
        f"{plan.max_frames} pictures, in {files.vectors}",
        found,
        "say --anew to embed all again, or name another --out-dir: spaces are not mixed",
    )


@dataclass
class _Prepared:
    """A preset whose pictures are ready, float32 of shape [num, 3, size, size]."""

    preset_id: str
    pictures: Tensor


def _lots(
    rows: Sequence[FramesRow],
    root: Path,
    encoder: PictureEncoder,
    plan: EmbedPlan,
    left_out: Counter[str],
) -> Iterator[list[_Prepared]]:
    """Yields presets for about a batch each; the next ones are decoded meanwhile."""

    def prepare(row: FramesRow) -> _Prepared | str:
        if not fits_a_line(row.preset_id):
            return "an id that fits no line"
        pictures = [
            encoder.prepare(picture)
            for file in frame_files(row, root)[: plan.max_frames]
            if (picture := _opened(file)) is not None
        ]
        if not pictures:
            return "no picture that opens"
        return _Prepared(row.preset_id, torch.stack(pictures))

    lot: list[_Prepared] = []
    for each in _ahead(prepare, rows, 2 * plan.batch):
        if isinstance(each, str):
            left_out[each] += 1
            continue
        lot.append(each)
        if sum(len(prepared.pictures) for prepared in lot) >= plan.batch:
            yield lot
            lot = []
    yield lot


def _ahead(
    prepare: Callable[[FramesRow], _Prepared | str], rows: Iterable[FramesRow], num: int
) -> Iterator[_Prepared | str]:
    """Yields what is prepared, in order; `num` presets are worked on ahead."""
    waiting = iter(rows)
    with ThreadPoolExecutor(_NUM_THREADS) as threads:
        ahead = [threads.submit(prepare, row) for row in islice(waiting, max(1, num // 3))]
        while ahead:
            done = ahead.pop(0).result()
            ahead += [threads.submit(prepare, row) for row in islice(waiting, 1)]
            yield done


def _opened(file: Path) -> "Image.Image | None":
    try:
        return open_picture(file.read_bytes())
    except (OSError, InputError):
        return None


class _Sized:
    """An encoder that is given as many pictures at a time as its device holds."""

    def __init__(self, encoder: PictureEncoder, batch: int) -> None:
        self.encoder = encoder
        self.batch = batch

    def encode(self, pictures: Tensor) -> Tensor:
        """Encodes any number of pictures, halving the batch until the device holds it.

        Raises:
            InputError: It does not hold a single one.
        """
        encoded: list[Tensor] = []
        place = 0
        while place < len(pictures):
            try:
                encoded.append(self.encoder.forward(pictures[place : place + self.batch]))
            except torch.OutOfMemoryError as error:
                if self.batch == 1:
                    raise InputError(
                        "memory of the device for one picture",
                        str(error)[:200],
                        "end what else runs on it, or embed on the CPU",
                    ) from error
                self.batch //= 2
                torch.cuda.empty_cache()
                continue
            place += self.batch
        return torch.cat(encoded)


def _vectors(
    lot: Sequence[_Prepared], device: _Sized, left_out: Counter[str]
) -> dict[str, Vectors]:
    """Returns the vector of each preset of a lot; those that come to nothing are counted."""
    if not lot:
        return {}
    encoded = device.encode(torch.cat([prepared.pictures for prepared in lot])).numpy()
    norms = np.linalg.norm(encoded, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        units = encoded / norms
    found: dict[str, Vectors] = {}
    place = 0
    for prepared in lot:
        own = units[place : place + len(prepared.pictures)]
        place += len(prepared.pictures)
        own = own[np.isfinite(own).all(axis=1)]
        mean = own.mean(axis=0) if len(own) else np.zeros(encoded.shape[1])
        length = float(np.linalg.norm(mean))
        if length < _MIN_NORM:
            left_out["no finite vector"] += 1
            continue
        found[prepared.preset_id] = (mean / length).astype(np.float32)
    return found


class _Growing:
    """Files to which vectors are added, of presets in the order in which they were embedded."""

    def __init__(
        self,
        files: EmbeddingFiles,
        known: Embeddings | None,
        encoder: PictureEncoder,
        plan: EmbedPlan,
    ) -> None:
        self.ids = list(known.ids) if known else []
        self._blocks = [known.vectors] if known else []
        self._num_written = len(self.ids)
        self._files = files
        self._encoder = encoder
        self._plan = plan

    def add(self, vectors: dict[str, Vectors]) -> None:
        """Adds vectors to what will be written."""
        if vectors:
            self.ids += vectors
            self._blocks.append(np.stack(list(vectors.values())))

    def write(self) -> None:
        """Writes all, if there is anything new.

        Raises:
            StorageError: The disk does not take it.
        """
        if len(self.ids) == self._num_written:
            return
        if self._num_written == 0:
            remove_embeddings(self._files)
        self._blocks = [np.concatenate(self._blocks)]
        meta = EmbeddingsMeta(
            generated_at=iso_utc(datetime.now(UTC)),
            encoder=self._encoder.identity,
            dims=self._encoder.dims,
            count=len(self.ids),
            precision=self._encoder.precision,
            max_frames_per_preset=self._plan.max_frames,
        )
        write_embeddings(self._files, Embeddings(tuple(self.ids), self._blocks[0], meta))
        self._num_written = len(self.ids)
