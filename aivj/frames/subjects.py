"""Whose pictures are taken: the presets of a pack's manifest, of a list, or of a folder."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.library_manifest import LibraryPreset, read_library_manifest
from aivj.errors import InputError, UnsafePathError
from aivj.packs.scan import PRESET_SUFFIX, scan_presets
from aivj.storage import resolve_under

_MAX_LINE_BYTES = 8192


@dataclass(frozen=True)
class Subject:
    """A preset of which there shall be pictures.

    Attributes:
        preset_id: What it is called in the index.
        relative_path: Its path below the presets, with `/`.
        path: Where to read it.
    """

    preset_id: str
    relative_path: str
    path: Path


@dataclass(frozen=True)
class Subjects:
    """Presets, each id once, and how many entries were passed over, by reason."""

    presets: list[Subject]
    passed_over: Counter[str]


def of_manifest(path: Path) -> Subjects:
    """Reads the presets of a `library-manifest.json`, which lies in its pack's folder.

    Raises:
        InputError: It is no such manifest, or names no preset that can be used.
    """
    manifest = read_library_manifest(path)
    root, passed_over = path.absolute().parent.parent, Counter[str]()
    passed_over["no preset"] += len(manifest.faults)
    listed = _listed(manifest.presets, root, passed_over)
    return _of(listed, passed_over, f"presets in {path}")


def of_list(root: Path, list_path: Path) -> Subjects:
    """Reads the presets of a list of paths below `root`, one a line; no folder is walked.

    Raises:
        InputError: The list cannot be read, or names no preset below `root`.
    """
    passed_over = Counter[str]()
    lines = _lines(list_path, root, passed_over)
    return _of(lines, passed_over, f"paths of {PRESET_SUFFIX} files in {list_path}")


def of_folder(root: Path) -> Subjects:
    """Lists the presets below `root`. Raises as `scan_presets`.

    Raises:
        InputError: There are none.
    """
    passed_over = Counter[str]()
    found = scan_presets(root, passed_over=passed_over)
    subjects = (Subject(each.relative_path, each.relative_path, each.path) for each in found)
    return _of(subjects, passed_over, f"presets in {root}")


def _of(subjects: Iterator[Subject], passed_over: Counter[str], wanted: str) -> Subjects:
    presets: dict[str, Subject] = {}
    for subject in subjects:
        if presets.setdefault(subject.preset_id, subject) is not subject:
            passed_over["listed twice"] += 1
    if not presets:
        found = ", ".join(f"{num} {why}" for why, num in sorted(passed_over.items()))
        raise InputError(wanted, found or "none", "name what holds presets")
    return Subjects(list(presets.values()), passed_over)


def _listed(
    presets: list[LibraryPreset], root: Path, passed_over: Counter[str]
) -> Iterator[Subject]:
    for preset in presets:
        if not (preset.id and preset.rel_path):
            passed_over["no preset"] += 1
        elif (path := _below(root, preset.rel_path, passed_over)) is not None:
            yield Subject(preset.id, preset.rel_path, path)


def _lines(list_path: Path, root: Path, passed_over: Counter[str]) -> Iterator[Subject]:
    try:
        with list_path.open("rb") as lines:
            while line := lines.readline(_MAX_LINE_BYTES):
                name = os.fsdecode(line.strip()).replace("\\", "/").removeprefix("./")
                if not name.lower().endswith(PRESET_SUFFIX):
                    passed_over[f"not {PRESET_SUFFIX}"] += bool(name)
                elif (path := _below(root, name, passed_over)) is not None:
                    written = os.fsencode(name).decode("utf-8", "backslashreplace")
                    yield Subject(written, written, path)
    except OSError as error:
        raise InputError(
            f"a list of paths at {list_path}", error.strerror or str(error), "name a text file"
        ) from error


def _below(root: Path, name: str, passed_over: Counter[str]) -> Path | None:
    try:
        # A `%` in the name of a file is no escape.
        return resolve_under(root, name.replace("%", "%25"))
    except UnsafePathError:
        passed_over["path out of the library"] += 1
        return None
