"""The pictures of a run, and whether each shows the frame that its row was measured at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import read_bytes
from aivj.errors import InputError
from aivj.stage.thumbnails import LUMA_TOLERANCE, picture_digest, picture_luma


@dataclass(frozen=True)
class Picture:
    """What is known of a whole picture.

    Attributes:
        luma: Mean luma of its pixels, 0 to 1.
        digest: SHA-256 of its file.
    """

    luma: float
    digest: str


def read_pictures(folder: Path) -> Mapping[str, Picture] | None:
    """Returns the whole pictures by `<pair>` or `<pack>/<pair>`; None without the folder."""
    if not folder.is_dir():
        return None
    found = sorted([*folder.glob("*.webp"), *folder.glob("*/*.webp")])
    files = (path for path in found if path.is_file())
    return {
        path.relative_to(folder).with_suffix("").as_posix(): picture
        for path in files
        if (picture := _read(path)) is not None
    }


def picture_of(
    pictures: Mapping[str, Picture], pack: str | None, pair: int | None
) -> Picture | None:
    """Returns the picture of a pair; None if there is none."""
    return pictures.get(f"{pack}/{pair}") or pictures.get(f"{pair}")


def contradictions(row: EvalRow, picture: Picture) -> Iterator[str]:
    """Tells in what a picture is not that of its row.

    A row without the luma of its last frame tells at least how far any of its frames is from
    their mean.
    """
    if row.thumbnail_digest is not None and row.thumbnail_digest != picture.digest:
        yield f"its file has SHA-256 {picture.digest[:12]}, the row {row.thumbnail_digest[:12]}"
    shown = f"luma {picture.luma:.3f} in the picture"
    if row.last_luma is not None:
        if abs(picture.luma - row.last_luma) > LUMA_TOLERANCE:
            yield f"{shown}, {row.last_luma:.3f} in its frame"
    elif row.composite_avg_luma is not None and row.luma_range is not None:
        reach = row.luma_range + LUMA_TOLERANCE
        if abs(picture.luma - row.composite_avg_luma) > reach:
            yield f"{shown}, {row.composite_avg_luma:.3f} in its frames, {row.luma_range:.3f} apart"


def _read(path: Path) -> Picture | None:
    try:
        data = read_bytes(path)
        return Picture(picture_luma(data), picture_digest(data))
    except InputError:
        return None
