"""A library: a folder, however deep and however large, that holds `.milk` files."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aivj.errors import InputError

PRESET_SUFFIX = ".milk"

PROJECTM_PRESETS = Path("/usr/share/projectM/presets")
"""Where Debian's projectm-data has its presets."""

MAX_ENTRIES = 400_000
"""Files and folders of a library that are looked at, unless more are asked for."""


@dataclass(frozen=True, order=True)
class PresetFile:
    """One preset of a library.

    Attributes:
        relative_path: Path below the library's folder, with `/`; bytes of a name that are not
            UTF-8 are escaped, so that it can always be written down.
        path: Where to read it.
    """

    relative_path: str
    path: Path


def scan_presets(
    folder: Path,
    *,
    progress: Callable[[int], None] | None = None,
    passed_over: Counter[str] | None = None,
    max_entries: int = MAX_ENTRIES,
) -> list[PresetFile]:
    """Lists the presets below `folder`, in the order of their relative paths.

    A file belongs to the list if its name ends in `.milk`, in any case. Links to folders are not
    followed, and links to files only if they stay inside `folder`.

    Args:
        folder: The library.
        progress: Called after each folder with the number of presets found so far.
        passed_over: Counts the links that are not followed, by reason.
        max_entries: Most files and folders that are looked at: a wrong folder is not walked
            for hours.

    Raises:
        InputError: `folder` is not a folder, or it or one below it cannot be read, or it holds
            more than `max_entries`.
    """
    if not folder.is_dir():
        raise InputError(
            f"a folder of {PRESET_SUFFIX} files at {folder}",
            "a file" if folder.exists() else "nothing there",
            "name the folder that holds your presets",
        )
    root = os.path.realpath(folder)
    presets: list[PresetFile] = []
    left_out = Counter[str]() if passed_over is None else passed_over
    unread = [root]
    num_entries = 0
    while unread:
        for entry in _entries(unread.pop()):
            num_entries += 1
            if num_entries > max_entries:
                raise _too_many(folder, max_entries)
            if entry.is_dir(follow_symlinks=False):
                unread.append(entry.path)
            elif entry.is_symlink() and (why := _unfollowed(entry, root)) is not None:
                left_out[why] += 1
            elif entry.name.lower().endswith(PRESET_SUFFIX) and entry.is_file():
                presets.append(PresetFile(_relative_path(entry, root), Path(entry.path)))
        if progress is not None:
            progress(len(presets))
    return sorted(presets)


def _too_many(folder: Path, max_entries: int) -> InputError:
    return InputError(
        f"at most {max_entries} files and folders below {folder}",
        "more",
        "name a smaller folder; `aivj pack` looks at more with --max-files N, or takes a list of "
        "paths with --list FILE and walks no folder",
    )


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        raise InputError(
            f"a folder that can be read at {folder}",
            error.strerror or str(error),
            "mend its permissions, or move it out of the library",
        ) from error


def _unfollowed(entry: os.DirEntry[str], root: str) -> str | None:
    """Returns why a link is not followed; None if it is, or if it would be no preset anyway."""
    target = Path(os.path.realpath(entry.path))
    if target.is_dir():
        return "link to a folder"
    if not entry.name.lower().endswith(PRESET_SUFFIX):
        return None
    if not target.is_file():
        return "broken link"
    return None if target.is_relative_to(root) else "link out of the library"


def _relative_path(entry: os.DirEntry[str], root: str) -> str:
    return written_name(Path(entry.path).relative_to(root).as_posix())


def written_name(name: str) -> str:
    """Returns a file's name as it can always be written down: what is not UTF-8 is escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
