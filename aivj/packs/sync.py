"""Source packs that generators left, brought to where a runtime reads them.

A source pack is a folder with `manifest.jsonl` (pairs), or one of presets alone (a flat pack). Only
the folder of a pack that is named is looked at, and of it only what its manifest names, or its own
files; nothing is read outside the source base or written outside the runtime's root. What cannot
be taken is counted and costs itself alone.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from aivj.contracts.json_text import document_bytes, iso_utc, read_bytes
from aivj.contracts.library_manifest import (
    LIBRARY_MANIFEST_NAME,
    LibraryManifest,
    write_library_manifest,
)
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
    require_pack_name,
    write_pairs_manifest,
)
from aivj.contracts.source_manifest import SourcePair, read_source_manifest
from aivj.contracts.sync_report import SyncedPack, SyncMode
from aivj.errors import InputError
from aivj.packs.drawing import DrawnPair, DrawnPreset
from aivj.packs.library_entries import flat_entry
from aivj.packs.placement import require_drawn_or_free
from aivj.packs.provenance import PROVENANCE_NAME, Provenance, pair_origins, read_provenance
from aivj.packs.scan import PRESET_SUFFIX, PresetFile
from aivj.packs.sync_files import OnProgress, SyncFiles, SyncOptions, SyncPlaces
from aivj.presets.author import preset_family
from aivj.presets.digest import hash_milk
from aivj.presets.milk import parse_milk
from aivj.storage import resolve_under, write_atomic

SOURCE_NAME = "manifest.jsonl"
SOURCE_COPY_NAME = "manifest.source.jsonl"
"""The source's manifest as it was, beside what was made of it."""

MAX_FLAT_ENTRIES = 400_000

_FLAT = "flat"
_SYNCED: Literal["synced"] = "synced"


def sync_pack(
    pack: str,
    places: SyncPlaces,
    options: SyncOptions,
    *,
    now: datetime,
    on_progress: OnProgress = lambda _num_done, _num_all: None,
) -> SyncedPack:
    """Brings one pack; again it goes on where it was, and writes what is not there as it is.

    Args:
        pack: Its name.
        places: Where packs are, and where they go.
        options: How.
        now: Aware time to be written into the manifest.
        on_progress: Told how many files of how many are there.

    Raises:
        InputError: There is no such pack, nothing in it can be used, it is too large, or what lies
            in its place was made otherwise.
        StorageError: The disk did not take it; what was written stays, and is not written again.
    """
    files = SyncFiles(require_pack_name(pack), places)
    if not files.source.is_dir():
        raise InputError(
            f"a source pack at {files.source}", "nothing there", "name a pack that is in --src-base"
        )
    _require_synced_or_free(files.dest)
    bring = _coupled if (files.source / SOURCE_NAME).is_file() else _flat
    return bring(pack, files, options, now, on_progress)


def needs_sync(source: Path, dest: Path, *, pack: str, num_pairs: int) -> bool:
    """Tells whether a coupled pack is missing, or its source was changed since it was synced.

    Files are looked for, not compared.

    Args:
        source: The source pack's folder.
        dest: Where it is synced to.
        pack: Its name.
        num_pairs: Pairs that the source's manifest has.
    """
    try:
        if (dest / SOURCE_COPY_NAME).read_bytes() != (source / SOURCE_NAME).read_bytes():
            return True
        manifest = read_pairs_manifest(dest / PAIRS_MANIFEST_NAME, pack=pack)
        urls = {url for pair in manifest.pairs for url in (pair.fg_url, pair.bg_url)}
        root = dest.parent.parent
        is_whole = all(resolve_under(root, _below(url, dest)).is_file() for url in urls)
    except (OSError, InputError):
        return True
    return len(manifest.pairs) != num_pairs or not is_whole


def _below(url: str, dest: Path) -> str:
    """Returns a preset's URL as a path below the folder of the presets' folder."""
    return f"{dest.parent.name}/{url.removeprefix('/presets/')}"


def _require_synced_or_free(dest: Path) -> None:
    """Checks that a folder was synced before, or is free; nobody else's is touched."""
    if (dest / SOURCE_COPY_NAME).is_file():
        return
    require_drawn_or_free(dest)
    if (dest / PROVENANCE_NAME).is_file() and read_provenance(dest).kind != _SYNCED:
        raise InputError(
            f"no pack in {dest}, or one that was synced",
            "one that AIVJ drew",
            "sync to another --dest-base, or move it away",
        )


def _coupled(
    pack: str, files: SyncFiles, options: SyncOptions, now: datetime, on_progress: OnProgress
) -> SyncedPack:
    manifest = read_source_manifest(files.source / SOURCE_NAME, pack=pack)
    if manifest.num_bad_lines:
        files.errors["line that is no pair"] += manifest.num_bad_lines
    pairs = _taken(manifest.pairs, files)
    if not pairs:
        raise files.nothing("pairs whose two files are there")
    files.require_room(options.max_bytes)
    is_due = (
        options.compare
        or options.clean
        or needs_sync(files.source, files.dest, pack=pack, num_pairs=len(manifest.pairs))
    )
    num_written = 0
    if is_due and not options.dry_run:
        if options.clean:
            files.clean()
        _begin(pack, files, pairs)
        num_written = files.copy(on_progress)
        _end_coupled(pack, files, pairs, now)
    return _told(pack, files, "coupled", num_written, len(pairs))


def _taken(listed: Sequence[SourcePair], files: SyncFiles) -> list[SourcePair]:
    """Returns the pairs whose files can be taken; the first of those with one id."""
    taken: dict[int, SourcePair] = {}
    for pair in listed:
        if pair.row.pair in taken:
            files.errors["pair that is listed twice"] += 1
        elif files.add((pair.fg_relative, pair.row.fg), (pair.bg_relative, pair.row.bg)):
            taken[pair.row.pair] = pair
    return list(taken.values())


def _begin(pack: str, files: SyncFiles, pairs: Sequence[SourcePair]) -> None:
    """Says whose folder it is, before anything else lies in it."""
    provenance = _provenance(pack, files, pairs)
    write_atomic(files.dest / PROVENANCE_NAME, document_bytes(provenance), fsync=False)


def _end_coupled(pack: str, files: SyncFiles, pairs: Sequence[SourcePair], now: datetime) -> None:
    write_pairs_manifest(
        files.dest / PAIRS_MANIFEST_NAME,
        PairsManifest(
            generated_at=iso_utc(now), pack=pack, pairs=[_pair(pack, each) for each in pairs]
        ),
    )
    # Last: as long as it is not there, the pack counts as not synced.
    write_atomic(files.dest / SOURCE_COPY_NAME, read_bytes(files.source / SOURCE_NAME))


def _pair(pack: str, pair: SourcePair) -> ManifestPair:
    base = f"/presets/{quote(pack, safe='')}"
    return ManifestPair(
        pair=pair.row.pair,
        fg_url=f"{base}/{quote(pair.fg_relative)}",
        bg_url=f"{base}/{quote(pair.bg_relative)}",
        warp_diff=pair.row.warp_diff,
        cx_diff=pair.row.cx_diff,
    )


def _provenance(pack: str, files: SyncFiles, pairs: Sequence[SourcePair]) -> Provenance:
    origins = []
    for pair in pairs:
        layers = [_layer(name, files) for name in (pair.fg_relative, pair.bg_relative)]
        (origin,) = pair_origins([DrawnPair(pair.row.pair, "", *layers)])
        fg = origin.fg.model_copy(update={"file": pair.fg_relative})
        bg = origin.bg.model_copy(update={"file": pair.bg_relative})
        origins.append(origin.model_copy(update={"fg": fg, "bg": bg}))
    return Provenance(
        kind=_SYNCED,
        seed=None,
        parameters={},
        source_folder=pack,
        num_presets=len(files.sources),
        skipped=dict(sorted(files.errors.items())),
        pairs=origins,
    )


def _layer(relative: str, files: SyncFiles) -> DrawnPreset:
    path = files.sources[relative]
    data = read_bytes(path)
    milk = parse_milk(data)
    family = preset_family(relative, milk)
    return DrawnPreset(PresetFile(relative, path), data, milk, hash_milk(milk), family)


def _flat(
    pack: str, files: SyncFiles, options: SyncOptions, now: datetime, on_progress: OnProgress
) -> SyncedPack:
    names = _preset_names(files.source)
    for name in names:
        if not options.limit or len(files.sources) < options.limit:
            files.add((name, name))
    if not files.sources:
        raise files.nothing(f"{SOURCE_NAME}, or {PRESET_SUFFIX} files")
    files.require_room(options.max_bytes)
    num_written = 0
    if not options.dry_run:
        if options.clean:
            files.clean()
        _begin(pack, files, ())
        num_written = files.copy(on_progress)
        sizes = {name: (files.dest / name).stat().st_size for name in files.sources}
        manifest = LibraryManifest(
            generated_at=iso_utc(now),
            source_root=str(files.source),
            total_files_scanned=len(names),
            total_presets_included=len(sizes),
            target=pack,
            scan_mode=_FLAT,
            presets=[flat_entry(pack, name, size) for name, size in sizes.items()],
        )
        write_library_manifest(files.dest / LIBRARY_MANIFEST_NAME, manifest)
    return _told(pack, files, "flat", num_written, None)


def _preset_names(source: Path) -> list[str]:
    """Returns the presets that lie in a folder itself, in order.

    Raises:
        InputError: It cannot be read, or holds too much.
    """
    try:
        with os.scandir(source) as entries:
            names = [entry.name for entry in islice(entries, MAX_FLAT_ENTRIES + 1)]
    except OSError as error:
        raise InputError(
            f"a folder that can be read at {source}",
            error.strerror or str(error),
            "mend its permissions",
        ) from error
    if len(names) > MAX_FLAT_ENTRIES:
        raise InputError(f"at most {MAX_FLAT_ENTRIES} entries in {source}", "more", "divide it")
    return sorted(name for name in names if name.lower().endswith(PRESET_SUFFIX))


def _told(
    pack: str, files: SyncFiles, mode: SyncMode, num_written: int, num_pairs: int | None
) -> SyncedPack:
    return SyncedPack(
        pack_name=pack,
        mode=mode,
        copied=len(files.sources),
        pairs=num_pairs,
        dest_dir=str(files.dest),
        written=num_written,
        errors=dict(sorted(files.errors.items())),
    )
