"""`library-manifest.json`: the presets of a library pack, as a runtime and other tools read them.

Its writers disagree on ids; its readers join it with other files by relative path (`join_key`), and
never by id.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError

from aivj.contracts.fields import Count, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes, read_object, validated
from aivj.contracts.pair_faults import PairFault
from aivj.errors import InputError
from aivj.storage import write_atomic

LIBRARY_MANIFEST_NAME = "library-manifest.json"

LibraryVersion = Literal["v0", "v1", "v2", "v3"]
SampleMode = Literal["reservoir", "first"]


class WasmCompat(ContractModel):
    """Whether a probe could load a preset into a runtime's engine."""

    ok: bool
    error_type: Omittable[OuterText] = None
    message: Omittable[OuterText] = None
    probed_at: Omittable[str] = None
    exit_code: Omittable[int] = None
    probe_tool: Omittable[str] = None


class LibraryPreset(ContractModel):
    """One preset of a library.

    Attributes:
        id: What a runtime calls it; no key to join by.
        label: What a person sees.
        rel_path: Path below the presets' root, with `/`.
        url: `/presets/` and that path.
        pack: Its top folder.
        file_name: Its last part.
        file_size: Bytes.
        meta: Title, author and whatever else is known.
        wasm_compat: What a probe found.
        danger_flags: What speaks against it.
        band_class: low, mid, high, flat or balanced.
    """

    id: OuterText
    label: OuterText
    rel_path: OuterText
    url: OuterText
    pack: OuterText
    file_name: OuterText
    file_size: Count
    meta: Omittable[dict[str, Any]] = None
    wasm_compat: Omittable[WasmCompat] = None
    danger_flags: Omittable[list[OuterText]] = None
    band_class: Omittable[OuterText] = None


class LibraryManifest(ContractModel):
    """The presets of a library pack.

    Attributes:
        version: v0 to v3; newer ones know more of each preset.
        generated_at: ISO-8601 time.
        source_root: Where the presets came from; for display alone.
        total_files_scanned: Files that were looked at.
        total_presets_included: Presets below.
        total_eligible_scanned: Files that might have been taken.
        target: Name of the pack.
        sample_mode: How presets were taken: evenly by a seed, or the first.
        scan_mode: How they were found.
        seed: What decided which.
        scan_limit: Files that were looked at, at most; 0 for all.
        band_targets: Shares of bands that were aimed at.
        probed_with: What probed them.
        filtered_out_by_wasm_compat: Presets that a probe ruled out.
        presets: Them.
    """

    version: LibraryVersion = "v0"
    generated_at: str
    source_root: OuterText
    total_files_scanned: Count
    total_presets_included: Count
    total_eligible_scanned: Omittable[Count] = None
    target: Omittable[OuterText] = None
    sample_mode: Omittable[SampleMode] = None
    scan_mode: Omittable[OuterText] = None
    seed: Omittable[Count] = None
    scan_limit: Omittable[Count] = None
    band_targets: Omittable[Any] = None
    probed_with: Omittable[Any] = None
    filtered_out_by_wasm_compat: Omittable[Count] = None
    presets: list[LibraryPreset] = Field(default_factory=list)
    _faults: tuple[PairFault, ...] = PrivateAttr(())

    @property
    def faults(self) -> tuple[PairFault, ...]:
        """Entries that cannot be used, and why; only a manifest that was read has some."""
        return self._faults


def read_library_manifest(path: Path) -> LibraryManifest:
    """Reads a manifest of any version.

    An entry that cannot be used costs itself alone: it is among `faults`, not among `presets`.

    Raises:
        InputError: Missing, broken, or without one entry that can be used.
    """
    document = read_object(path)
    listed = document.get("presets")
    entries = listed if isinstance(listed, list) else []
    presets: list[LibraryPreset] = []
    faults: list[PairFault] = []
    for place, entry in enumerate(entries):
        try:
            presets.append(LibraryPreset.model_validate(_completed(entry)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(step) for step in first["loc"]) or "an object"
            faults.append(PairFault(place, None, f"{name}: {first['msg']}", str(first["input"])))
    if not presets:
        raise InputError(
            f"at least one preset in {path} that can be used",
            f"none among {len(entries)}" + (f"; first, {faults[0]}" if faults else ""),
            "write the library anew, for example with `aivj sync` or `aivj pool draw`",
        )
    complete = {
        "generatedAt": "",
        "sourceRoot": "",
        "totalFilesScanned": len(entries),
        "totalPresetsIncluded": len(presets),
        **document,
        "presets": presets,
    }
    manifest = validated(LibraryManifest, complete, str(path))
    manifest._faults = tuple(faults)  # noqa: SLF001 - its own reader
    return manifest


def _completed(entry: object) -> object:
    """Fills in what older writers left out and what follows from the path."""
    if not isinstance(entry, dict) or not isinstance(entry.get("relPath"), str):
        return entry
    path = entry["relPath"]
    name = path.rpartition("/")[2]
    known = {
        "id": path,
        "label": name,
        "url": f"/presets/{path}",
        "pack": path.partition("/")[0],
        "fileName": name,
        "fileSize": 0,
    }
    return {**known, **{key: value for key, value in entry.items() if value is not None}}


def write_library_manifest(path: Path, manifest: LibraryManifest) -> None:
    """Writes a manifest, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(manifest))


_LEADING = re.compile(r"^(?:\./|/)+")


def join_key(rel_path: str, packs: Iterable[str] = ()) -> str:
    """Returns what two files mean the same preset by: its path without what only one has before it.

    Args:
        rel_path: Relative path or URL of a preset.
        packs: Names of packs that it may begin with.
    """
    key = _LEADING.sub("", rel_path.replace("\\", "/"))
    key = key.removeprefix("presets/")
    for pack in packs:
        if pack and key.startswith(f"{pack}/"):
            return key[len(pack) + 1 :]
    return key


def unambiguous(names: Sequence[str]) -> dict[str, str]:
    """Returns by their last part those paths that are alone in having it."""
    found: dict[str, str | None] = {}
    for name in names:
        last = name.rpartition("/")[2]
        found[last] = None if last in found else name
    return {last: name for last, name in found.items() if name is not None}
