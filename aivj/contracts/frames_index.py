"""`frames-index.jsonl`: the pictures of a library's presets, one attempt a line, append-only.

A preset may have several lines; `best_rows` says which counts.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from aivj.contracts.fields import NumberIfAny, Omittable, OuterText
from aivj.contracts.json_text import ContractModel
from aivj.contracts.jsonl_log import JsonlLog, JsonlRead, read_jsonl
from aivj.errors import UnsafePathError
from aivj.storage import resolve_under

FRAMES_INDEX_NAME = "frames-index.jsonl"
"""File name of the index, in the folder of a pack's artifacts."""

FramesStatus = Literal["ok", "failed", "skipped"]
BandClass = Literal["flat", "low", "mid", "high", "balanced"]

_HASH_LENGTH = 16
_STATUS_RANK = {"ok": 2, "skipped": 1, "failed": 0}
_LUMA_WEIGHT, _MOTION_WEIGHT = 0.4, 0.6
_FINAL = frozenset({"empty", "binary-nul"})


def _relative(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or "\0" in text or not path.name:
        raise ValueError("must be a path below the index's folder, without '..'")
    return text


FramePath = Annotated[str, AfterValidator(_relative)]
"""`/`-separated path of a picture, relative to the index's folder."""


class BandResponse(ContractModel):
    """How far a picture's changes follow each band of the music, 0 and up."""

    low: NumberIfAny = Field(default=None, description="Bass")
    mid: NumberIfAny = Field(default=None, description="Middle")
    high: NumberIfAny = Field(default=None, description="Treble")


class FrameMetrics(ContractModel):
    """What the pictures show. What another program did not measure reads as None."""

    avg_luma: NumberIfAny = Field(default=None, description="Mean over the pictures, 0 to 1")
    motion: NumberIfAny = Field(
        default=None, description="Mean difference of pictures that follow each other, 0 to 1"
    )
    band_response: Omittable[BandResponse] = Field(default=None, description="By band")
    band_class: Omittable[BandClass] = Field(default=None, description="The band that leads")


class FramesRow(ContractModel):
    """One attempt to get pictures of a preset."""

    version: Literal["v0"] = Field(default="v0", description="Version of this form")
    at: str = Field(description="When, ISO-8601")
    preset_id: str = Field(min_length=1, description="The library's id, or the relative path")
    rel_path: str = Field(default="", description="Path below the library, with '/'")
    file_path: str = Field(default="", description="Path where it was read")
    status: FramesStatus = Field(description="Whether there are pictures")
    id_hash: Omittable[str] = Field(default=None, description="frames_hash of the id")
    frames: tuple[FramePath, ...] = Field(
        default=(), exclude_if=lambda frames: not frames, description="Pictures, by time"
    )
    metrics: Omittable[FrameMetrics] = Field(default=None, description="What they show")
    reasons: tuple[str, ...] = Field(
        default=(), exclude_if=lambda reasons: not reasons, description="Why there are none"
    )
    error_text: Omittable[OuterText] = Field(default=None, description="What the page said")
    tier: Omittable[Literal["dark"]] = Field(
        default=None, description="Of presets that failed for their picture's quality alone"
    )

    @property
    def is_settled(self) -> bool:
        """Whether resuming leaves the preset out: another attempt would end alike."""
        return self.status == "ok" or not _FINAL.isdisjoint(self.reasons)

    @property
    def score(self) -> float:
        """What ranks presets of a run: .4 of luma and .6 of motion, 0 for what is missing."""
        metrics = self.metrics or FrameMetrics()
        return _LUMA_WEIGHT * (metrics.avg_luma or 0) + _MOTION_WEIGHT * (metrics.motion or 0)


class FramesLog(JsonlLog[FramesRow]):
    """The append-only index."""


def read_frames_index(path: Path) -> JsonlRead[FramesRow]:
    """Reads every line of an index; lines that are none are counted.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    return read_jsonl(path, FramesRow)


def best_rows(rows: Iterable[FramesRow]) -> dict[str, FramesRow]:
    """Returns the line that counts of each preset, in the order in which presets first appear.

    An ok line before another; then one that is not of the dark tier; then the higher score, more
    pictures, and the earlier line.
    """
    best: dict[str, FramesRow] = {}
    for row in rows:
        known = best.get(row.preset_id)
        if known is None or _rank(row) > _rank(known):
            best[row.preset_id] = row
    return best


def _rank(row: FramesRow) -> tuple[float, ...]:
    return (_STATUS_RANK[row.status], row.tier is None, row.score, len(row.frames))


def frames_hash(preset_id: str) -> str:
    """Returns the 16 hexadecimal digits that a preset's pictures are kept under."""
    data = preset_id.encode(errors="backslashreplace")
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()[:_HASH_LENGTH]


def frame_path(preset_id: str, number: int, ending: str = "webp") -> str:
    """Returns where a preset's picture belongs, relative to the index's folder."""
    name = frames_hash(preset_id)
    return f"frames/{name[:2]}/{name[2:4]}/{name}/frame-{number:03d}.{ending}"


def frame_files(row: FramesRow, root: Path) -> list[Path]:
    """Returns the files of a line's pictures, leaving out any that a link leads out of `root`.

    Args:
        row: The line.
        root: Folder of the index.
    """
    files = []
    for relative in row.frames:
        # A `%` in a name is no escape here, and `resolve_under` undoes escapes.
        try:
            files.append(resolve_under(root, relative.replace("%", "%25")))
        except UnsafePathError:
            continue
    return files
