"""The presets of a library pack, as stages that look at single presets need them."""

from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.library_manifest import (
    LIBRARY_MANIFEST_NAME,
    LibraryManifest,
    read_library_manifest,
)
from aivj.errors import InputError, UnsafePathError
from aivj.storage import resolve_under


@dataclass(frozen=True)
class ListedPreset:
    """A preset that a manifest lists.

    Attributes:
        preset_id: Its id there.
        label: What a person sees.
        relative_path: Below the presets' root, with `/`.
        path: Its file, which need not be there.
    """

    preset_id: str
    label: str
    relative_path: str
    path: Path


@dataclass(frozen=True)
class ListedLibrary:
    """A library and its presets, each id once, in the manifest's order."""

    name: str
    folder: Path
    manifest: LibraryManifest
    presets: tuple[ListedPreset, ...]


def read_library(manifest_path: Path) -> ListedLibrary:
    """Reads a manifest; presets whose files would lie outside its pack's root are left out.

    Raises:
        InputError: There is no such manifest, or it lists no preset that can be used.
    """
    manifest = read_library_manifest(manifest_path)
    folder = manifest_path.absolute().parent
    root = folder.parent
    presets: dict[str, ListedPreset] = {}
    for each in manifest.presets:
        try:
            # A `%` in a path is no escape here, and `resolve_under` undoes escapes.
            path = resolve_under(root, each.rel_path.replace("%", "%25"))
        except UnsafePathError:
            continue
        listed = ListedPreset(each.id, each.label, each.rel_path, path)
        presets.setdefault(each.id, listed)
    if not presets:
        raise InputError(
            f"presets below {root} in {manifest_path}", "none", "write the library anew"
        )
    return ListedLibrary(folder.name, folder, manifest, tuple(presets.values()))


def library_manifest_path(packs_root: Path, pack: str) -> Path:
    """Returns where the manifest of a library pack lies.

    Raises:
        InputError: The name is none of a folder.
    """
    if not pack or pack != Path(pack).name or pack in {".", ".."}:
        raise InputError(
            "the name of a pack, a folder below public/presets",
            repr(pack),
            "say --pack NAME, or --manifest PATH",
        )
    return packs_root / "presets" / pack / LIBRARY_MANIFEST_NAME
