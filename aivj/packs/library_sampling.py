"""Presets taken out of a library of any size: evenly by a seed, or the first ones.

One pass, and no more is held than may be taken: those whose SHA-256 of seed and path is least are
kept, which is the same whatever order they come in.
"""

import heapq
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aivj.contracts.library_manifest import SampleMode
from aivj.contracts.preset_audit import AuditEntry
from aivj.errors import InputError
from aivj.packs.audited import PoolReader
from aivj.packs.scan import PRESET_SUFFIX, scan_presets, written_name
from aivj.storage import sha256_hex

# Of the projectM presets more than half are others under another name.
_SPARE, _MIN_SPARE = 2, 64
_MAX_LINE_BYTES = 8192


@dataclass(frozen=True)
class Candidate:
    """A preset that may be taken.

    Attributes:
        relative_path: Below the library, with `/`.
        audited: What an audit found; None if none was asked.
    """

    relative_path: str
    audited: AuditEntry | None = None


@dataclass
class ListedCandidates:
    """Candidates as they come, counted.

    Attributes:
        source: They.
        scan_limit: How many come at most; 0 for all.
        num_listed: How many came so far.
    """

    source: Iterable[Candidate]
    scan_limit: int = 0
    num_listed: int = 0

    def __iter__(self) -> Iterator[Candidate]:
        """Yields them, once."""
        for candidate in islice(self.source, self.scan_limit or None):
            self.num_listed += 1
            yield candidate


def from_folder(root: Path, max_entries: int) -> Iterator[Candidate]:
    """Yields the presets below a folder, in order. Raises as `scan_presets`."""
    for file in scan_presets(root, max_entries=max_entries):
        yield Candidate(file.relative_path)


def from_pool(reader: PoolReader) -> Iterator[Candidate]:
    """Yields the presets of an audited pool. Raises as `PoolReader`."""
    for entry in reader:
        yield Candidate(entry.rel_path, entry)


def from_list(path: Path) -> Iterator[Candidate]:
    """Yields presets of a text file, a path below the library a line.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with path.open("rb") as lines:
            while line := lines.readline(_MAX_LINE_BYTES):
                name = os.fsdecode(line.strip(b"\r\n")).replace("\\", "/")
                if name.lower().endswith(PRESET_SUFFIX):
                    yield Candidate(written_name(name))
    except OSError as error:
        raise InputError(
            f"a list of paths at {path}", error.strerror or str(error), "name a text file"
        ) from error


def sampled(
    candidates: Iterable[Candidate], *, mode: SampleMode, num: int, seed: int
) -> list[Candidate]:
    """Takes `num` candidates and some to spare, in the order in which they shall be tried.

    Args:
        candidates: Each path once; of several the first counts.
        mode: `reservoir`: evenly, by the seed. `first`: in the order of their coming.
        num: How many will be wanted.
        seed: Decides which, of a reservoir.
    """
    size = num + max(num * _SPARE, _MIN_SPARE)
    if mode == "first":
        return list(islice(_each_once(candidates), size))
    kept: list[tuple[int, str, Candidate]] = []
    held: set[str] = set()
    for candidate in candidates:
        path = candidate.relative_path
        if path in held:
            continue
        # A heap gives its least first; the greatest is to go.
        key = -int(
            sha256_hex(f"library\0{seed}\0{path}".encode(errors="backslashreplace"))[:16], 16
        )
        if len(kept) < size:
            heapq.heappush(kept, (key, path, candidate))
            held.add(path)
        elif (key, path) > kept[0][:2]:
            held.discard(heapq.heapreplace(kept, (key, path, candidate))[1])
            held.add(path)
    return [candidate for _, _, candidate in sorted(kept, key=lambda each: (-each[0], each[1]))]


def _each_once(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for candidate in candidates:
        if candidate.relative_path not in seen:
            seen.add(candidate.relative_path)
            yield candidate
