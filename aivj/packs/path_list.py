"""A library given as a list of paths: read line by line, and never a folder walked."""

import heapq
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from aivj.errors import InputError
from aivj.packs.scan import PRESET_SUFFIX, PresetFile, written_name
from aivj.storage import sha256_hex

DEFAULT_CANDIDATES = 10_000
"""How many presets are taken out of a list, of which 5,000 to 15,000 make a good pool."""

_MAX_LINE_BYTES = 8192


def read_path_list(
    path: Path, *, num_candidates: int, seed: int, passed_over: Counter[str] | None = None
) -> list[PresetFile]:
    """Takes `num_candidates` presets evenly out of a list of any length.

    Those are kept whose SHA-256 of seed and path is least: a reservoir that is the same whatever
    order the lines come in, and holds no more than it gives. Files are not looked at.

    Args:
        path: A text file, a path a line; paths that are not absolute start from its folder.
        num_candidates: At most so many are returned.
        seed: Decides which.
        passed_over: Counts the lines that are no path of a preset, by reason.

    Raises:
        InputError: The list cannot be read, or names no preset.
    """
    left_out = Counter[str]() if passed_over is None else passed_over
    kept: list[tuple[int, str]] = []
    names: set[str] = set()
    for name in _names(path, left_out):
        if name in names:
            left_out["listed twice"] += 1
            continue
        # A heap gives its least first; the greatest is to go.
        key = -int(sha256_hex(f"candidates\0{seed}\0".encode() + os.fsencode(name))[:16], 16)
        if len(kept) < num_candidates:
            heapq.heappush(kept, (key, name))
            names.add(name)
        elif (key, name) > kept[0]:
            names.discard(heapq.heapreplace(kept, (key, name))[1])
            names.add(name)
    if not kept:
        raise InputError(
            f"paths of {PRESET_SUFFIX} files in {path}, one a line",
            ", ".join(f"{num} {why}" for why, num in sorted(left_out.items())) or "no line",
            "write the list anew, for example: find DIR -name '*.milk' > LIST",
        )
    return sorted(PresetFile(written_name(name), path.parent / name) for _, name in kept)


def _names(path: Path, left_out: Counter[str]) -> Iterator[str]:
    try:
        with path.open("rb") as lines:
            while line := lines.readline(_MAX_LINE_BYTES):
                name = os.fsdecode(line.strip(b"\r\n"))
                is_cut = len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n")
                while is_cut and (rest := lines.readline(_MAX_LINE_BYTES)):
                    is_cut = not rest.endswith(b"\n")
                    name = "\0"
                if "\0" in name:
                    left_out["no path"] += 1
                elif name.lower().endswith(PRESET_SUFFIX):
                    yield name
                elif name.strip():
                    left_out[f"not {PRESET_SUFFIX}"] += 1
    except OSError as error:
        raise InputError(
            f"a list of paths at {path}", error.strerror or str(error), "name a text file"
        ) from error
