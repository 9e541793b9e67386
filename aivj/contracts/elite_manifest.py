"""The elite manifest: pairs that people scored, the anchors of supervision."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from aivj.contracts.fields import Number, finite_number
from aivj.contracts.foreign_paths import posix_path
from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    parse_json,
    read_bytes,
    shown,
)
from aivj.errors import InputError
from aivj.storage import write_atomic

ELITE_MANIFEST_NAME = "AIVJ_FINAL_ELITE_MANIFEST.json"
_MAX_UNRESOLVED_SHARE = 0.05
_POSITIVE_SCORE = 4.0
_NEGATIVE_SCORE = 2.0

_LIST_KEYS = ("entries", "pairs", "items", "elite", "data")
_SCORE_KEYS = ("score", "rating")
_PATH_KEYS = {
    layer: (layer, f"{layer}Path", f"{layer}_path", f"{layer}Url", word)
    for layer, word in (("fg", "foreground"), ("bg", "background"))
}
_NUM_SHOWN = 3


class EliteRow(ContractModel):
    """One scored pair as it is written."""

    rank: int | None = Field(description="Place in the list, 1 is best")
    score: Number = Field(description="Score, up to 5")
    fg: str = Field(description="Foreground's path, relative to the manifest's folder")
    bg: str = Field(description="Background's path, relative to the manifest's folder")


class EliteFile(ContractModel):
    """The document that is written."""

    entries: list[EliteRow]


@dataclass(frozen=True)
class EliteEntry:
    """One scored pair whose files are there.

    Attributes:
        rank: Place in the list, 1 is best; None if unknown.
        score: Score, up to 5.
        fg: Foreground preset.
        bg: Background preset.
    """

    rank: int | None
    score: float
    fg: Path
    bg: Path


@dataclass(frozen=True)
class EliteManifest:
    """The scored pairs.

    Attributes:
        entries: Pairs with a score and both files.
        num_unresolved: Entries without.
    """

    entries: list[EliteEntry]
    num_unresolved: int


def read_elite_manifest(path: Path) -> EliteManifest:
    """Reads an elite manifest, whatever its container and key names.

    Args:
        path: The manifest, or the folder that holds one of the usual name.

    Raises:
        InputError: Missing, broken, empty, or more than 5 % of its entries have no score or files
            that are not there; says how many and which.
    """
    file = path / ELITE_MANIFEST_NAME if path.is_dir() else path
    items = _items(parse_json(read_bytes(file), str(file)), file)
    resolved = [(item, _entry(item, file.parent)) for item in items]
    entries = [entry for _, entry in resolved if entry is not None]
    unresolved = [item for item, entry in resolved if entry is None]
    if not items or len(unresolved) > _MAX_UNRESOLVED_SHARE * len(items):
        raise InputError(
            f"a score and two preset files for each entry of {file}",
            f"{len(unresolved)} of {len(items)} entries without"
            + "".join(f"; {shown(item)}" for item in unresolved[:_NUM_SHOWN]),
            "put the presets below fg/ and bg/ beside the manifest, or correct its paths",
        )
    return EliteManifest(entries, len(unresolved))


def write_elite_manifest(path: Path, entries: Iterable[EliteEntry]) -> None:
    """Writes scored pairs, with paths relative to the manifest's folder.

    Raises:
        StorageError: The disk did not take it.
    """
    rows = [
        EliteRow(
            rank=entry.rank,
            score=entry.score,
            fg=_relative(entry.fg, path.parent),
            bg=_relative(entry.bg, path.parent),
        )
        for entry in entries
    ]
    write_atomic(path, document_bytes(EliteFile(entries=rows)))


def elite_target(score: float) -> float:
    """Returns the training target of a score: 1 to 5 become 0 to 1, clamped."""
    return min(max((score - 1) / 4, 0.0), 1.0)


def elite_class(score: float) -> Literal["positive", "negative"] | None:
    """Returns which example a score makes: 4 and up positive, 2 and down negative."""
    if score >= _POSITIVE_SCORE:
        return "positive"
    return "negative" if score <= _NEGATIVE_SCORE else None


def _items(document: Any, file: Path) -> list[Any]:
    if isinstance(document, list):
        return document
    values = [document.get(key) for key in _LIST_KEYS] if isinstance(document, dict) else []
    found = next((value for value in values if isinstance(value, list)), None)
    if found is None:
        raise InputError(
            f"a list in {file}, or an object with one under {', '.join(_LIST_KEYS)}",
            shown(document),
            "check that it is an elite manifest",
        )
    return found


def _entry(item: Any, folder: Path) -> EliteEntry | None:
    if not isinstance(item, Mapping):
        return None
    scores = (finite_number(item.get(key)) for key in _SCORE_KEYS)
    score = next((value for value in scores if value is not None), None)
    fg, bg = (_file(item, layer, folder) for layer in ("fg", "bg"))
    if score is None or fg is None or bg is None:
        return None
    rank = finite_number(item.get("rank"))
    return EliteEntry(None if rank is None else int(rank), score, fg, bg)


def _file(item: Mapping[str, Any], layer: str, folder: Path) -> Path | None:
    text = next((item[key] for key in _PATH_KEYS[layer] if isinstance(item.get(key), str)), "")
    if not text:
        return None
    path = Path(posix_path(text))
    candidates = (path if path.is_absolute() else folder / path, folder / layer / path.name)
    return next((candidate for candidate in candidates if _is_file(candidate)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system takes
        return False


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
