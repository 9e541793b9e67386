"""`pairs-manifest.v0.json`: the pairs of one pack, as the runtime loads them."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from pydantic import Field

from aivj.contracts.fields import Count, NumberIfAny, Omittable, PairId
from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    iso_utc,
    read_object,
    shown,
    validated,
)
from aivj.errors import InputError
from aivj.storage import resolve_under, write_atomic

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
        pairs: At least one pair.
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

    A manifest without `generatedAt`, which the runtime does not check, takes its file's time.

    Args:
        path: The manifest.
        pack: The pack it must be for, if that is known.

    Raises:
        InputError: Missing, broken, empty, for another pack, with ids that are duplicate or not
            numbers, or with a URL outside `/presets/<pack>/`.
    """
    if pack is not None and not _is_there(path):
        raise _no_such_pack(path, pack)
    document = read_object(path)
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    manifest = validated(PairsManifest, {"generatedAt": iso_utc(modified), **document}, str(path))
    if pack is not None and manifest.pack != pack:
        raise InputError(
            f"a manifest of pack {pack!r} in {path}",
            f"pack {manifest.pack!r}",
            "correct `pack` in the file or ask for the other pack: the runtime ignores a mismatch",
        )
    _require_sound(manifest, str(path))
    return manifest


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


def _require_sound(manifest: PairsManifest, source: str) -> None:
    require_pack_name(manifest.pack)
    if not manifest.pairs:
        raise InputError(
            f"at least one pair in {source}", "none", "build the pack again from presets that exist"
        )
    duplicates = [p for p, n in Counter(row.pair for row in manifest.pairs).items() if n > 1]
    if duplicates:
        raise InputError(
            f"unique pair ids in {source}",
            f"{len(duplicates)} ids more than once, first {duplicates[:5]}",
            "renumber the pairs: scores are matched by id",
        )
    for row in manifest.pairs:
        for url in (row.fg_url, row.bg_url):
            _require_pack_url(url, manifest.pack, f"pair {row.pair} of {source}")


def _require_pack_url(url: str, pack: str, source: str) -> None:
    root, *segments = unquote(url).split("/")
    unsafe = any(step in {"", ".", ".."} or set(step) & set("\\\0") for step in segments)
    # As they stand they end the path; written %3F and %23 they belong to a file's name.
    if (
        root
        or unsafe
        or set(url) & set("?#")
        or segments[:2] != ["presets", pack]
        or not segments[2:]
    ):
        raise InputError(
            f"URLs below /presets/{pack}/ without '..', '?', '#' or backslash in {source}",
            shown(url),
            "copy the preset into the pack's fg/ or bg/ folder and name it there",
        )
