"""What people and later stages made beside a pack, when the pack is drawn anew.

Judgements and scores name a pair by its number alone. Beside another draw they would be said of
other pairs; so they stay with the pairs that they are of, and the whole old pack is kept.
"""

import itertools
import shutil
import tempfile
from pathlib import Path

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.packs.provenance import PASSED_OVER_NAME, PROVENANCE_NAME
from aivj.storage import sha256_hex, storage_errors

REPLACED_FOLDER = "replaced"
"""Folder beside `presets/` for packs that were drawn anew."""

_DRAWN = {"fg", "bg", PROVENANCE_NAME, PASSED_OVER_NAME, PAIRS_MANIFEST_NAME}
_NAME_LENGTH = 8


def made_beside(folder: Path) -> list[str]:
    """Returns the names of what lies in a pack's folder and was not drawn, in order."""
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if entry.name not in _DRAWN)


def carry_over(folder: Path, fresh: Path) -> None:
    """Copies what was made beside a pack to where the very same pack is laid out anew.

    Raises:
        StorageError: The disk did not take it.
    """
    with storage_errors(fresh):
        for name in made_beside(folder):
            made = folder / name
            copy = shutil.copytree if made.is_dir() else shutil.copy2
            copy(made, fresh / name)


def keep_replaced(folder: Path) -> Path | None:
    """Copies a pack whole to `replaced/<pack>-<digest>`, if something was made beside it.

    Args:
        folder: `<packs_root>/presets/<pack>`.

    Returns:
        Where it lies now; None if it held nothing but what can be drawn again.

    Raises:
        StorageError: The disk did not take it.
    """
    if not made_beside(folder):
        return None
    root = folder.parent.parent / REPLACED_FOLDER
    with storage_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=root))
        try:
            shutil.copytree(folder, workshop / "pack")
            kept = _free_name(root, folder)
            (workshop / "pack").rename(kept)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    return kept


def _free_name(root: Path, folder: Path) -> Path:
    """Names the pack by its manifest, and by a number if that was kept before."""
    manifest = folder / PAIRS_MANIFEST_NAME
    drawn = sha256_hex(manifest.read_bytes() if manifest.is_file() else b"")[:_NAME_LENGTH]
    names = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    return next(
        path for end in names if not (path := root / f"{folder.name}-{drawn}{end}").exists()
    )
