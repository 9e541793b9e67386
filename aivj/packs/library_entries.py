"""Entries of a library's manifest: what a preset is called there.

The original's writers name presets differently; nobody joins by these names, but a runtime keeps
favourites by them, so each pack goes on with the rule that its kind had.
"""

import hashlib
import re

from aivj.contracts.library_manifest import LibraryPreset
from aivj.presets.author import name_stem

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_MAX_SLUG = 80
_FLAT_DIGITS, _SAMPLED_DIGITS = 8, 6


def slug(text: str) -> str:
    """Returns text in lower-case letters and digits, with a dash for whatever is between them."""
    return _NOT_PLAIN.sub("-", text.lower()).strip("-")


def flat_entry(pack: str, file_name: str, file_size: int) -> LibraryPreset:
    """Returns the entry of a preset that was synced from a flat source pack."""
    path = f"{pack}/{file_name}"
    stem = slug(name_stem(file_name))[:_MAX_SLUG]
    return _entry(f"{slug(pack)}-{stem}-{_md5(path)[:_FLAT_DIGITS]}", pack, path, file_size)


def sampled_entry(pack: str, relative_path: str, file_size: int) -> LibraryPreset:
    """Returns the entry of a preset that was drawn from a library.

    Args:
        pack: The new pack.
        relative_path: Where the preset lies below the library, with `/`.
        file_size: Bytes.
    """
    path = f"{pack}/{relative_path}"
    stem = slug(name_stem(relative_path))
    return _entry(f"{pack}-{stem}-{_md5(path)[:_SAMPLED_DIGITS]}", pack, path, file_size)


def _entry(name: str, pack: str, path: str, file_size: int) -> LibraryPreset:
    file_name = path.rpartition("/")[2]
    author, dash, title = name_stem(file_name).partition(" - ")
    meta = {"title": title, "author": author} if dash and title and author else None
    return LibraryPreset(
        id=name,
        label=file_name,
        rel_path=path,
        url=f"/presets/{path}",
        pack=pack,
        file_name=file_name,
        file_size=file_size,
        meta=meta,
    )


def _md5(text: str) -> str:
    data = text.encode(errors="backslashreplace")
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
