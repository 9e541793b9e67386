"""Which files of a library an audit looks at."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from aivj.contracts.json_stream import stream_members
from aivj.contracts.library_manifest import join_key
from aivj.errors import InputError
from aivj.library.request import AuditRequest
from aivj.packs.scan import PRESET_SUFFIX, PresetFile, scan_presets
from aivj.storage import sha256_hex

_PRESETS = "presets"


def library_files(
    request: AuditRequest,
    passed_over: Counter[str],
    on_found: Callable[[int], None] = lambda _num_found: None,
) -> list[PresetFile]:
    """Lists the files that an audit is asked to look at, in the order of their paths.

    Args:
        request: Root, manifest and limits.
        passed_over: Counts what is not looked at, by reason.
        on_found: Told how many were found so far.

    Raises:
        InputError: There is no such folder or manifest, it cannot be read, or it holds too much.
    """
    if request.manifest is None:
        files = scan_presets(
            request.root,
            progress=on_found,
            passed_over=passed_over,
            max_entries=request.max_files,
        )
    else:
        files = sorted(_listed(request.manifest, request.root, passed_over))
    if not files:
        raise InputError(
            f"presets in {request.manifest or request.root}", "none", "name the folder of a library"
        )
    files = files[: request.scan_limit or None]
    if not request.limit or len(files) <= request.limit:
        return files
    if request.sample == "first":
        return files[: request.limit]
    return sorted(heapq.nsmallest(request.limit, files, key=_lot(request.seed)))


def _lot(seed: int) -> Callable[[PresetFile], str]:
    """Returns what decides who is drawn: the same presets whatever else the library holds."""
    prefix = f"audit\0{seed}\0".encode()
    return lambda file: sha256_hex(prefix + file.relative_path.encode(errors="backslashreplace"))


def _listed(manifest: Path, root: Path, passed_over: Counter[str]) -> Iterator[PresetFile]:
    """Yields the files below `root` that a library manifest names."""
    if not root.is_dir():
        raise InputError(f"a folder at {root}", "none", "name the folder that the manifest is of")
    seen: set[str] = set()
    real_root = root.resolve()
    for key, entry in stream_members(manifest, listed=_PRESETS):
        if key != _PRESETS:
            continue
        found = next(_candidates(entry, root, real_root), None)
        if found is None:
            passed_over["named by the manifest and not there"] += 1
        elif found.relative_path not in seen:
            seen.add(found.relative_path)
            yield found


def _candidates(entry: Any, root: Path, real_root: Path) -> Iterator[PresetFile]:
    """Yields where the preset of an entry may lie: with and without the name of its pack."""
    path = entry.get("relPath") if isinstance(entry, dict) else None
    if not isinstance(path, str) or "\0" in path or not path.lower().endswith(PRESET_SUFFIX):
        return
    whole = join_key(path)
    for key in (whole, join_key(whole, [whole.partition("/")[0]])):
        parts = PurePosixPath(key).parts
        place = root.joinpath(*parts)
        if ".." not in parts and _is_inside(place, real_root):
            yield PresetFile("/".join(parts), place)


def _is_inside(path: Path, real_root: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(real_root)
    except (OSError, ValueError):  # a name longer than the file system takes, lone surrogates
        return False
