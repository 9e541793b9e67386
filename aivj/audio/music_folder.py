"""A folder of music: which of its files are looked at."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from aivj.errors import InputError

MUSIC_SUFFIXES = frozenset({".aac", ".flac", ".m4a", ".mp3", ".ogg", ".wav"})

MAX_FOLDERS = 80
"""Sub-folders that are looked into, the first ones by name."""


def music_files(root: Path) -> list[Path]:
    """Lists the music directly in a folder or, if there is none, in its sub-folders.

    Files and folders come in the order of their names. Nothing deeper is looked at, nor anything
    hidden, a link to a folder, or a link to a file outside of `root`. A sub-folder that cannot be
    read counts as empty.

    Raises:
        InputError: `root` is not a folder, or cannot be read.
    """
    return list(_found(root))


def _found(root: Path) -> Iterator[Path]:
    try:
        entries = _entries(root)
    except OSError as error:
        raise InputError(
            f"a folder of music at {root}",
            error.strerror or str(error),
            "name a folder that can be read, or a single file",
        ) from error
    real_root = os.path.realpath(root)
    here = list(_music(entries, real_root))
    folders = (entry for entry in entries if entry.is_dir(follow_symlinks=False))
    below = (_music(_readable(entry.path), real_root) for entry in islice(folders, MAX_FOLDERS))
    return iter(here) if here else chain.from_iterable(below)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(os.fspath(folder)) as entries:
        shown = [entry for entry in entries if not entry.name.startswith(".")]
    return sorted(shown, key=lambda entry: entry.name)


def _readable(folder: str) -> list[os.DirEntry[str]]:
    try:
        return _entries(folder)
    except OSError:
        return []


def _music(entries: Iterable[os.DirEntry[str]], real_root: str) -> Iterator[Path]:
    return (Path(entry.path) for entry in entries if _is_music(entry, real_root))


def _is_music(entry: os.DirEntry[str], real_root: str) -> bool:
    if Path(entry.name).suffix.lower() not in MUSIC_SUFFIXES:
        return False
    target = Path(os.path.realpath(entry.path))
    return target.is_relative_to(real_root) and target.is_file()
