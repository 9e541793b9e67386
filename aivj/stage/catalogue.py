"""What the player can choose from: packs below the packs root, and a folder of music."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aivj.audio.music_folder import music_files
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.errors import InputError

MUSIC_ROUTE = "/__local_audio"


def catalogue(packs_root: Path | None, music_root: Path | None) -> dict[str, list[dict[str, Any]]]:
    """Lists the packs and the music, by name.

    A pack without a manifest that can be read is left out: the player could not open it.

    Args:
        packs_root: Folder whose `presets` are listed, and no deeper folder; None has none.
        music_root: Folder of music, see `aivj.audio.music_folder`; None has none.

    Raises:
        InputError: `music_root` is no folder that can be read.
    """
    folder = packs_root / "presets" if packs_root is not None else None
    packs = sorted(folder.iterdir()) if folder is not None and folder.is_dir() else []
    return {"packs": list(_listed(packs)), "music": list(_music(music_root))}


def _listed(folders: Iterable[Path]) -> Iterable[dict[str, Any]]:
    for folder in folders:
        num_pairs = _num_pairs(folder)
        num_presets = _count(folder / LIBRARY_MANIFEST_NAME, "presets")
        if num_pairs is not None or num_presets is not None:
            yield {"name": folder.name, "numPairs": num_pairs, "numPresets": num_presets}


def _num_pairs(folder: Path) -> int | None:
    """Returns how many pairs of a pack can be shown; None if none can."""
    try:
        return len(read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=folder.name).pairs)
    except InputError:
        return None


def _count(manifest: Path, member: str) -> int | None:
    """Returns how many entries a manifest has; None without any."""
    try:
        entries = json.loads(manifest.read_bytes())[member]
        return len(entries) or None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _music(root: Path | None) -> Iterable[dict[str, str]]:
    for path in music_files(root) if root is not None else []:
        name = path.relative_to(root).as_posix() if root is not None else path.name
        yield {"name": name, "url": f"{MUSIC_ROUTE}?path={quote(name)}"}
