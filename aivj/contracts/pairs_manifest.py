"""`pairs-manifest.v0.json`: the pairs of one pack, as the runtime loads them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, ValidationError

from aivj.contracts.fields import Count, NumberIfAny, Omittable, PairId
from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    iso_utc,
    read_object,
    shown,
    validated,
)
from aivj.contracts.pair_faults import PairFault, url_fault
from aivj.errors import InputError, UnsafePathError
from aivj.storage import resolve_under, sha256_hex, write_atomic

PAIRS_MANIFEST_NAME = "pairs-manifest.v0.json"
"""The one file name for which the runtime also looks for quality scores."""

_PACK_NAME = re.compile(r'(?!\.)[^\x00-\x20\x7f/\\:%?#"<>|*]{1,200}')


class ManifestPair(ContractModel):
    """One foreground/background pair.

    Attributes:
        pair: The pair's id; not an index.
        fg_url: Site-absolute URL `/presets/<pack>/fg/<name>.milk`.
        bg_url: The same below `bg/`.
        warp_diff: Difference of the layers' warp, 0 or more.
        cx_diff: Difference of the layers' cx, 0 or more.
    """

    pair: PairId
    fg_url: str
    bg_url: str
    warp_diff: Omittable[NumberIfAny] = Field(default=None, alias="warp_diff")
    cx_diff: Omittable[NumberIfAny] = Field(default=None, alias="cx_diff")


class PairsManifest(ContractModel):
    """The pairs of one pack. Their order matters: shuffle state stores positions.

    Attributes:
        version: Version of this form.
        generated_at: ISO-8601 time of writing.
        pack: Name of the pack; must equal the runtime's `coupledPack`.
        pairs: At least one pair; the usable ones, if the manifest was read.
        generated_from: Source and filter rule; filtered variants only.
        kept_pairs: Pairs left after the filter.
        total_pairs: Pairs before the filter.
    """

    version: str = "v0"
    generated_at: str
    pack: str
    pairs: list[ManifestPair]
    generated_from: Omittable[str] = None
    kept_pairs: Omittable[Count] = None
    total_pairs: Omittable[Count] = None
    _faults: tuple[PairFault, ...] = PrivateAttr(())

    @property
    def faults(self) -> tuple[PairFault, ...]:
        """The entries that cannot be used, and why; only a manifest that was read has some."""
        return self._faults

    @property
    def listed_ids(self) -> list[int | None]:
        """The ids in the places where the runtime has them; None for an entry without its own."""
        faults = {fault.place: fault.pair for fault in self._faults}
        usable = (pair.pair for pair in self.pairs)
        num_listed = len(self.pairs) + len(faults)
        return [faults[place] if place in faults else next(usable) for place in range(num_listed)]

    @property
    def ids(self) -> list[int]:
        """The ids of all entries that have one of their own, usable or not."""
        return [pair for pair in self.listed_ids if pair is not None]

    @property
    def left_out(self) -> str:
        """One sentence on the entries that cannot be used; empty if all can."""
        if not self._faults:
            return ""
        number, num_listed = len(self._faults), len(self.pairs) + len(self._faults)
        verb = "are" if number > 1 else "is"
        return (
            f"{number} of {num_listed} pairs of {self.pack} cannot be used and {verb} left out; "
            f"first, {self._faults[0]}"
        )

    def without(self, faults: Sequence[PairFault]) -> Self:
        """Returns the manifest with these entries known to be left out."""
        self._faults = tuple(faults)
        return self


def require_pack_name(name: str) -> str:
    """Returns `name` if it is a single path segment that is safe in a path, URL and log line.

    Raises:
        InputError: It is empty, starts with a dot, or holds a character that is special there.
    """
    if not _PACK_NAME.fullmatch(name):
        raise InputError(
            "a pack name that is one safe folder name",
            shown(name),
            "use letters, digits, '.', '-' and '_', not starting with a dot",
        )
    return name


def read_pairs_manifest(path: Path, *, pack: str | None = None) -> PairsManifest:
    """Reads a manifest that the runtime would accept.

    An entry that cannot be used costs its own pair alone: it is among `faults`, and not among
    `pairs`. A manifest without `generatedAt`, which the runtime does not check, takes its file's
    time.

    Args:
        path: The manifest.
        pack: The pack it must be for, if that is known.

    Raises:
        InputError: Missing, broken, for another pack, or without one entry that can be used.
    """
    if pack is not None and not _is_there(path):
        raise _no_such_pack(path, pack)
    document = read_object(path)
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    listed = document.get("pairs")
    entries = listed if isinstance(listed, list) else []
    usable, faults = _divided(entries, str(document.get("pack")))
    complete = {"generatedAt": iso_utc(modified), **document}
    if entries:
        complete["pairs"] = usable
    manifest = validated(PairsManifest, complete, str(path))
    if pack is not None and manifest.pack != pack:
        raise InputError(
            f"a manifest of pack {pack!r} in {path}",
            f"pack {manifest.pack!r}",
            "correct `pack` in the file or ask for the other pack: the runtime ignores a mismatch",
        )
    require_pack_name(manifest.pack)
    if not manifest.pairs:
        raise _nothing_usable(str(path), faults)
    return manifest.without(faults)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than the file system takes
        return False


def _no_such_pack(path: Path, pack: str) -> InputError:
    """Says which packs there are beside the one that is not."""
    folder = path.parent.parent
    name = pack if _PACK_NAME.fullmatch(pack) else "NAME"
    there = sorted(found.parent.name for found in folder.glob(f"*/{path.name}"))
    return InputError(
        f"a pack {shown(pack)} with {path.name} in {folder}",
        ", ".join(there) or "no pack at all",
        f"name one of them, or make it: aivj pack --pack {name} --presets DIR",
    )


def write_pairs_manifest(path: Path, manifest: PairsManifest) -> None:
    """Writes a manifest, whole or not at all.

    Raises:
        InputError: The runtime would not accept it; nothing is written.
        StorageError: The disk did not take it.
    """
    _require_sound(manifest, "the manifest to be written")
    write_atomic(path, document_bytes(manifest))


def preset_path(packs_root: Path, url: str) -> Path:
    """Returns the file that `url` (`/presets/<pack>/fg/x.milk`) names below the runtime's root.

    Raises:
        UnsafePathError: The URL leads out of `packs_root`.
    """
    return resolve_under(packs_root, url)


def preset_file(packs_root: Path, url: str) -> Path | None:
    """Returns what `preset_path` does; None for a URL, or a link, that leads out of the packs."""
    try:
        return preset_path(packs_root, url)
    except UnsafePathError:
        return None


def preset_digest(packs_root: Path, url: str) -> str | None:
    """Returns the SHA-256 of a preset's file; None for one that cannot be read."""
    path = preset_file(packs_root, url)
    try:
        return None if path is None else sha256_hex(path.read_bytes())
    except OSError:
        return None


def _divided(entries: Sequence[object], pack: str) -> tuple[list[ManifestPair], list[PairFault]]:
    """Divides entries into those that can be used and those that cannot."""
    usable: list[ManifestPair] = []
    faults: list[PairFault] = []
    places: dict[int, int] = {}
    for place, entry in enumerate(entries):
        pair, fault = _read_entry(place, entry, pack)
        number = fault.pair if fault is not None else pair.pair if pair is not None else None
        if number is not None and number in places:
            found = f"{number}, which is that of entry {places[number]}"
            fault = PairFault(place, None, "an id of its own", found)
        elif number is not None:
            places[number] = place
        if fault is not None:
            faults.append(fault)
        elif pair is not None:
            usable.append(pair)
    return usable, faults


def _read_entry(
    place: int, entry: object, pack: str
) -> tuple[ManifestPair | None, PairFault | None]:
    """Returns an entry as a pair, or why it is none."""
    try:
        pair = ManifestPair.model_validate(entry)
    except ValidationError as error:
        number = _id_of(entry)
        first = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"]) or "an object"
        rule = first["msg"].removeprefix("Value error, ")
        found = "no such key" if first["type"] == "missing" else shown(first["input"])
        return None, PairFault(place, number, f"{name}: {rule}", found)
    for name, url in (("fgUrl", pair.fg_url), ("bgUrl", pair.bg_url)):
        fault = url_fault(url, pack)
        if fault is not None:
            expected, found = fault
            return None, PairFault(place, pair.pair, f"{name}: {expected}", found)
    return pair, None


def _id_of(entry: object) -> int | None:
    """Returns the id of an entry, if that at least is one."""
    try:
        return _Identified.model_validate(entry).pair
    except ValidationError:
        return None


class _Identified(ContractModel):
    pair: PairId


def _nothing_usable(source: str, faults: Sequence[PairFault]) -> InputError:
    found = f"none among {len(faults)}; first, {faults[0]}" if faults else "none"
    return InputError(
        f"at least one pair in {source} that can be used",
        found,
        "build the pack again from presets that exist",
    )


def _require_sound(manifest: PairsManifest, source: str) -> None:
    """Refuses to write what a reader would leave out."""
    require_pack_name(manifest.pack)
    entries = [pair.model_dump() for pair in manifest.pairs]
    _, faults = _divided(entries, manifest.pack)
    if not entries:
        raise _nothing_usable(source, faults)
    if faults:
        raise InputError(
            f"pairs in {source} that a reader can use",
            f"{len(faults)} that it cannot; {faults[0]}",
            faults[0].remedy,
        )
