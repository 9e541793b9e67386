"""`embeddings.npy`, `ids.txt` and `embeddings.meta.json`: a vector a preset, rows aligned.

The three lie in the folder of a pack's artifacts and grow together, of one encoder. Another
program's files, which have no such `meta.json`, are read as well.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aivj.contracts.fields import Count
from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    parse_json,
    read_bytes,
    validated,
)
from aivj.errors import InputError
from aivj.storage import write_atomic

Vectors = NDArray[np.float32]

Variant = Literal["", "hf"]
"""`hf` names the files of the HuggingFace encoder: `embeddings.hf.npy`, `ids.hf.txt`."""

_MAX_DIMS = 65_536
_MAX_HEADER = 10_000
_UNIT_TOLERANCE = 1e-3
_BYTE_ORDER_MARK = "\ufeff"
_ANY_NAME = "surrogateescape"
"""File names need not be UTF-8, and ids may be file names."""


class Encoder(ContractModel):
    """What turned pictures into vectors. Vectors of two encoders are never in one file."""

    kind: str = Field(
        min_length=1, description="openclip, huggingface-clip, efficientnet-lite0-imagenet"
    )
    model: str = Field(min_length=1, description="Architecture, or the folder's name")
    pretrained: str = Field(description="The weights' name at the hub, or 'local'")
    weights: str = Field(description="SHA-256 of the weights, 64 hexadecimal digits")
    adapter: str | None = Field(default=None, description="SHA-256 of a LoRA adapter, if one")
    image_size: Count = Field(description="Pixels of a side that the network sees")


class EmbeddingsMeta(ContractModel):
    """What the vectors are."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    generated_at: str = Field(description="When the files were written last, ISO-8601")
    encoder: Encoder = Field(description="What made them")
    dims: Count = Field(description="Length of a vector")
    count: Count = Field(description="Vectors")
    dtype: Literal["float32"] = Field(default="float32", description="Of the file")
    precision: Literal["fp16", "fp32"] = Field(description="In which the encoder computed")
    pooling: Literal["mean"] = Field(
        default="mean", description="A preset's vector is the mean of its pictures' unit vectors"
    )
    normalized: Literal[True] = Field(default=True, description="and has length 1 again")
    max_frames_per_preset: Count = Field(description="Pictures of a preset at most")


@dataclass(frozen=True)
class Embeddings:
    """Presets and their vectors.

    Attributes:
        ids: Preset ids, each once.
        vectors: float32 of shape [len(ids), dims], finite; of our own, rows have length 1.
        meta: What they are; None if another program wrote them without saying.
    """

    ids: tuple[str, ...]
    vectors: Vectors
    meta: EmbeddingsMeta | None = None

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.ids) != len(self.vectors):  # noqa: PLR2004
            raise InputError(
                f"a row of numbers for each of {len(self.ids)} ids",
                f"an array of shape {self.vectors.shape}",
                "embed the pictures again",
            )


@dataclass(frozen=True)
class EmbeddingFiles:
    """Where the three files of a variant lie."""

    folder: Path
    variant: Variant = ""

    @classmethod
    def at(cls, path: Path) -> "EmbeddingFiles":
        """Returns the files that a person means by an array's path, or by a folder's."""
        if path.is_dir():
            return cls(path)
        return cls(path.parent, "hf" if path.name == cls(path.parent, "hf").vectors.name else "")

    @property
    def vectors(self) -> Path:
        """The array."""
        return self.folder / f"embeddings{self._infix}.npy"

    @property
    def ids(self) -> Path:
        """The ids, one a line."""
        return self.folder / f"ids{self._infix}.txt"

    @property
    def meta(self) -> Path:
        """What the array is."""
        return self.folder / f"embeddings{self._infix}.meta.json"

    @property
    def _infix(self) -> str:
        return f".{self.variant}" if self.variant else ""


def write_embeddings(files: EmbeddingFiles, embeddings: Embeddings) -> None:
    """Writes all three, so that whoever reads at any moment, or after a crash, reads whole rows.

    Rows may be appended to what stands there already, never taken away or put in another order:
    the array is replaced first, then the ids. Those who start anew call `remove_embeddings` first.

    Raises:
        InputError: They say not what they are, a vector is not finite or not of length 1, an id
            is empty, is there twice, or does not fit a line.
        StorageError: The disk does not take them.
    """
    meta = embeddings.meta
    if meta is None or (meta.count, meta.dims) != embeddings.vectors.shape:
        raise InputError(
            f"what {embeddings.vectors.shape} vectors are",
            "nothing" if meta is None else f"{meta.count} vectors of {meta.dims}",
            "say it in EmbeddingsMeta",
        )
    _check_ids(embeddings.ids, str(files.ids))
    lengths = np.linalg.norm(embeddings.vectors, axis=1)
    if not np.all(np.abs(lengths - 1) < _UNIT_TOLERANCE):
        raise InputError(
            "vectors of length 1",
            f"lengths from {lengths.min()} to {lengths.max()}",
            "look for pictures or weights that give no finite vector",
        )
    buffer = io.BytesIO()
    np.save(buffer, embeddings.vectors.astype(np.float32, copy=False), allow_pickle=False)
    write_atomic(files.vectors, buffer.getvalue())
    text = "".join(f"{preset_id}\n" for preset_id in embeddings.ids)
    write_atomic(files.ids, text.encode(errors=_ANY_NAME))
    write_atomic(files.meta, document_bytes(meta))


def remove_embeddings(files: EmbeddingFiles) -> None:
    """Removes the three files, the array last, so that what is left is never misread."""
    for path in (files.ids, files.meta, files.vectors):
        path.unlink(missing_ok=True)


def read_embeddings(files: EmbeddingFiles) -> Embeddings:
    """Reads vectors and the ids that they belong to.

    Vectors behind the last id are those of a write that was broken off, and left out.

    Raises:
        InputError: The array or the ids are missing or no such thing, do not fit each other, or
            a vector is not finite; says which file and what was found.
    """
    ids = tuple(_lines(read_bytes(files.ids)))
    _check_ids(ids, str(files.ids))
    meta = _meta_if_ours(files)
    stored = _array(files.vectors)
    fits = len(ids) == len(stored) or (meta is not None and len(ids) < len(stored))
    if not fits:
        raise InputError(
            f"as many ids in {files.ids} as {files.vectors} has rows",
            f"{len(ids)} ids and {len(stored)} rows",
            "embed the pictures again, or restore both files of one moment",
        )
    if meta is not None and meta.dims != stored.shape[1]:
        raise InputError(
            f"rows of {meta.dims} numbers in {files.vectors}, as {files.meta} says",
            f"rows of {stored.shape[1]}",
            "embed the pictures again, or restore both files of one moment",
        )
    vectors = np.array(stored[: len(ids)], dtype=np.float32)
    if not np.isfinite(vectors).all():
        raise InputError(
            f"finite numbers in {files.vectors}", "NaN or infinity", "embed the pictures again"
        )
    return Embeddings(ids, vectors, meta)


def read_embeddings_meta(files: EmbeddingFiles) -> EmbeddingsMeta:
    """Reads what the vectors are.

    Raises:
        InputError: The file is missing, or says something else than ours do.
    """
    text = read_bytes(files.meta)
    return validated(EmbeddingsMeta, parse_json(text, str(files.meta)), str(files.meta))


def _meta_if_ours(files: EmbeddingFiles) -> EmbeddingsMeta | None:
    """Names of other programs' keys are not known: theirs says nothing to us."""
    try:
        return read_embeddings_meta(files)
    except InputError:
        return None


def _lines(data: bytes) -> list[str]:
    """Splits at line feeds alone: an id may hold any other character."""
    text = data.decode(errors=_ANY_NAME).removeprefix(_BYTE_ORDER_MARK)
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def fits_a_line(preset_id: str) -> bool:
    """Tells whether an id comes back from `ids.txt` as it was written."""
    try:
        preset_id.encode(errors=_ANY_NAME)
    except UnicodeEncodeError:
        return False
    alone = "\n" not in preset_id and not preset_id.endswith("\r")
    return bool(preset_id) and alone and not preset_id.startswith(_BYTE_ORDER_MARK)


def _check_ids(ids: Sequence[str], source: str) -> None:
    wrong = next((each for each in ids if not fits_a_line(each)), None)
    if wrong is not None:
        raise InputError(
            f"a preset id on each line of {source}", repr(wrong), "look at what wrote the file"
        )
    if len(set(ids)) != len(ids):
        twice, _ = Counter(ids).most_common(1)[0]
        raise InputError(f"each id once in {source}", f"{twice!r} twice", "embed again")


def _array(path: Path) -> NDArray[Any]:
    """Opens an array of floating point rows without reading it whole; nothing in it is run."""
    expected = f"rows of floating point numbers in {path}, as numpy.save writes them"
    remedy = "check that it is the right file, or embed the pictures again"
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False, max_header_size=_MAX_HEADER)
    except FileNotFoundError as error:
        raise InputError(f"a file at {path}", "nothing there", "check the path") from error
    # numpy reads old headers by Python's tokenizer.
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, TokenError) as error:
        raise InputError(expected, str(error)[:200], remedy) from error
    if not isinstance(array, np.ndarray):
        raise InputError(expected, "an archive of several arrays", remedy)
    shaped = array.ndim == 2 and 0 < array.shape[1] <= _MAX_DIMS  # noqa: PLR2004
    if not shaped or array.dtype.kind != "f":
        raise InputError(expected, f"{array.dtype} of shape {array.shape}", remedy)
    return cast("NDArray[Any]", array)
