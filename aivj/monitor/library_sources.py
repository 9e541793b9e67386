"""What a library page is read from: an audit or a pack, and the style index of a pack."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from aivj.contracts.library_manifest import (
    LIBRARY_MANIFEST_NAME,
    LibraryPreset,
    join_key,
    read_library_manifest,
)
from aivj.contracts.library_page import PresetQuality
from aivj.contracts.pairs_manifest import require_pack_name
from aivj.contracts.preset_audit import AuditQuality
from aivj.contracts.preset_audit_stream import PresetAuditReader
from aivj.contracts.style_index import VERSIONS, StyleIndex, read_style_index, style_index_name
from aivj.errors import InputError, UnsafePathError
from aivj.library.record import STORE_FOLDER
from aivj.library.tables import ask
from aivj.monitor.library_index import KnownPreset, LibraryIndex
from aivj.storage import resolve_under
from aivj.styles.name_rules import named_energy

_COLUMNS = (
    "rel_path, content, primary_category, probed, ok, crash_safe, reasons, avg_luma, "
    "avg_frame_delta"
)
_UNTOLD = "categories, and words of names"


@dataclass(frozen=True)
class Sources:
    """What something was read from, as it was before it was read.

    Attributes:
        paths: Files, and folders whose names tell what is in them.
        told: What tells whether they have changed.
    """

    paths: tuple[Path, ...]
    told: tuple[tuple[int, int, int] | None, ...]

    @classmethod
    def of(cls, *paths: Path) -> "Sources":
        """Looks at them."""
        return cls(paths, tuple(map(_told, paths)))

    def have_changed(self) -> bool:
        """Looks at them again."""
        return self.told != tuple(map(_told, self.paths))


def _told(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(frozen=True)
class Library:
    """A library that was read.

    Attributes:
        index: Its presets.
        source: What was read, for people.
        pack: Name of the pack that is looked at; None if none is.
        styles_from: Where styles and energy are from, for people.
        sources: Files and folders that it was read from.
    """

    index: LibraryIndex
    source: str
    pack: str | None = None
    styles_from: str = _UNTOLD
    sources: Sources = Sources((), ())


def read_library(audit: Path | None, pack: str | None, packs_root: Path) -> Library:
    """Reads a library.

    Args:
        audit: An audit's folder, or a `preset-audit.json`; None: the presets of the pack.
        pack: Name of a pack whose style index tells styles, and which a player plays.
        packs_root: The runtime's public root.

    Raises:
        InputError: There is neither, or what was named cannot be read.
        StorageError: The audit's store is damaged.
    """
    of_audit = [] if audit is None else [audit, audit / STORE_FOLDER]
    if pack is None:
        if audit is None:
            raise InputError("an audit or a pack", "neither", "name an audit, or --pack NAME")
        sources = Sources.of(*of_audit)
        known = list(_audited(audit))
        return Library(LibraryIndex(known, {}), f"audit {audit}", sources=sources)
    folder = packs_root / "presets" / require_pack_name(pack)
    names = (LIBRARY_MANIFEST_NAME, *map(style_index_name, VERSIONS))
    sources = Sources.of(*of_audit, *(folder / name for name in names))
    known = [] if audit is None else list(_audited(audit))
    listed = read_library_manifest(folder / LIBRARY_MANIFEST_NAME).presets
    if audit is None:
        known = [_listed(each) for each in listed]
    styles = _style_index(folder)
    by_key = {join_key(each.rel_path, [pack]): each for each in listed}
    joined = ((each, by_key.get(join_key(each.rel_path, [pack]))) for each in known)
    presets = sorted(_placed(joined, folder.parent, styles), key=lambda preset: preset.rel_path)
    return Library(
        LibraryIndex(presets, _labels(styles)),
        f"pack {pack}" if audit is None else f"audit {audit}, pack {pack}",
        pack,
        _UNTOLD if styles is None else f"style index {styles.version} of {pack}",
        sources,
    )


def _audited(audit: Path) -> Iterator[KnownPreset]:
    if audit.is_dir():
        # The numbers of a column may be null; the names are our own.
        for row in ask(audit, f"SELECT {_COLUMNS} FROM entries ORDER BY rel_path").rows:  # noqa: S608
            path, content, category, is_probed, is_ok, is_safe, reasons, luma, motion = row
            quality: PresetQuality = "not-probed"
            if is_probed:
                quality = "ok" if is_ok else "crash-safe" if is_safe else "failed"
            energy = named_energy(path)
            yield KnownPreset(path, content, category, energy, quality, reasons or (), luma, motion)
        return
    for entry in PresetAuditReader(audit):
        found = entry.quality or AuditQuality()
        yield KnownPreset(
            entry.rel_path,
            None,
            entry.primary_category,
            named_energy(entry.rel_path),
            _quality(entry.quality),
            found.reasons,
            found.avg_luma,
            found.avg_frame_delta,
        )


def _quality(quality: AuditQuality | None) -> PresetQuality:
    if quality is None:
        return "not-probed"
    if quality.is_ok:
        return "ok"
    return "crash-safe" if quality.is_crash_safe else "failed"


def _listed(preset: LibraryPreset) -> KnownPreset:
    """Returns what a manifest alone tells of a preset: what breaks it, from v2 on its faults."""
    compat, flags, path = preset.wasm_compat, preset.danger_flags, preset.rel_path
    quality: PresetQuality = "not-probed"
    reasons = tuple(flags or ())
    if compat is not None and not compat.ok:
        quality, reasons = "failed", tuple(filter(None, [compat.error_type])) or reasons
    elif compat is not None:
        quality = "ok" if flags == [] else "crash-safe"
    return KnownPreset(path, None, "", named_energy(path), quality, reasons)


def _placed(
    joined: Iterable[tuple[KnownPreset, LibraryPreset | None]],
    presets_root: Path,
    styles: StyleIndex | None,
) -> Iterator[KnownPreset]:
    """Yields presets with their files and styles, where the pack has them."""
    told = {each.preset_id: each for each in styles.entries} if styles else {}
    for preset, entry in joined:
        if entry is None:
            # Keys of an index and the audit's categories are no names of the same things.
            yield preset if styles is None else replace(preset, style="")
            continue
        try:
            # A `%` in a path is no escape here, and `resolve_under` undoes escapes.
            file = resolve_under(presets_root, entry.rel_path.replace("%", "%25"))
        except UnsafePathError:
            file = None
        placed = replace(preset, file=file, preset_id=None if file is None else entry.id)
        style = told.get(entry.id)
        if style is None:
            yield replace(placed, style="" if styles else preset.style)
        else:
            yield replace(placed, style=style.author_key, energy=style.energy)


def _style_index(folder: Path) -> StyleIndex | None:
    """Reads the index that a runtime would use; None if it has none."""
    for version in VERSIONS:
        try:
            return read_style_index(folder / style_index_name(version), version)
        except InputError:
            continue
    return None


def _labels(styles: StyleIndex | None) -> dict[str, str]:
    groups = None if styles is None else styles.clusters
    return {group.id: group.label or group.id for group in groups or []}
