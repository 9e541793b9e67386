"""The pictures of the last rows: which there are, and whether they show what the rows say."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import validated
from aivj.contracts.run_folder import PICTURES_NAME, picture_name
from aivj.errors import InputError
from aivj.gate.run_check.pictures import Picture, contradictions
from aivj.stage.thumbnails import picture_digest, picture_luma

_MOST_AT_ONCE = 6
_MAX_BYTES = 4 << 20
_MAX_TOLD = 3

Key = tuple[str, int, int]


@dataclass(frozen=True)
class PicturesSeen:
    """What was seen.

    Attributes:
        there: Pack and pair of the rows that have a picture.
        contradictions: What does not fit, a sentence each.
    """

    there: frozenset[tuple[str, int]]
    contradictions: tuple[str, ...]


class WallPictures:
    """Looks at pictures of a run's folder, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._judged: dict[Key, str] = {}

    def look(self, wall: Iterable[dict[str, Any]]) -> PicturesSeen:
        """Looks at the pictures of the last rows, a few new ones at a time."""
        there = set()
        keys = set()
        num_new = 0
        for row in wall:
            pack, pair = str(row["pack"]), int(row["pair"])
            path = self.path(pack, pair)
            if path is None:
                continue
            there.add((pack, pair))
            key = (pack, pair, int(row.get("tMs") or 0) if _is_count(row.get("tMs")) else 0)
            keys.add(key)
            if key not in self._judged and num_new < _MOST_AT_ONCE:
                num_new += 1
                self._judged[key] = _judged(row, path)
        self._judged = {key: told for key, told in self._judged.items() if key in keys}
        # A page that does not switch shows one pair again and again.
        told = dict.fromkeys(text for text in self._judged.values() if text)
        return PicturesSeen(frozenset(there), tuple(told)[:_MAX_TOLD])

    def path(self, pack: str, pair: int) -> Path | None:
        """Returns where a pair's picture is; None if there is none in the folder."""
        root = (self._folder / PICTURES_NAME).resolve()
        for name in (picture_name(pack, pair), f"{PICTURES_NAME}/{pair}.webp"):
            path = (self._folder / name).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _judged(row: dict[str, Any], path: Path) -> str:
    """Returns in what a picture contradicts its row; empty if it does not."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return f"pair {row['pair']}: its picture is too large to be one"
        data = path.read_bytes()
        told = validated(EvalRow, row, "the row")
        picture = Picture(picture_luma(data), picture_digest(data))
    except (InputError, OSError):
        return f"pair {row['pair']}: its picture cannot be read"
    problem = next(contradictions(told, picture), None)
    return "" if problem is None else f"pair {row['pair']}: {problem}"
