"""Presets of a library by what an audit found of them: pools, and whether a pack's is stale."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from aivj.contracts.preset_audit import AuditEntry
from aivj.contracts.preset_audit_reasons import Pool
from aivj.contracts.preset_audit_stream import PresetAuditReader
from aivj.errors import InputError, UnsafePathError
from aivj.packs.provenance import PROVENANCE_NAME, Parameter, read_provenance
from aivj.packs.scan import PresetFile
from aivj.storage import resolve_under

POOL, POOL_SIZE, POOL_DIGEST = "pool", "poolSize", "poolDigest"
"""Parameters of a provenance: the pool, how many presets it had, and which."""

_DIGEST_BITS = 256
_NUM_DIGITS = 16


@dataclass(frozen=True)
class PoolState:
    """A pool as an audit has it.

    Attributes:
        pool: Which.
        size: How many presets are in it.
        digest: 16 hexadecimal digits, equal for the same paths in any order.
    """

    pool: Pool
    size: int
    digest: str

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """As a pack's provenance has it."""
        return {POOL: self.pool, POOL_SIZE: self.size, POOL_DIGEST: self.digest}


class PoolReader:
    """The presets of a pool, one after the other; an audit may be half a gigabyte.

    Attributes:
        num_entries: Presets of the audit so far, in the pool or not.
        num_probed: Of these, those that were drawn or tried; only they are in a pool.
    """

    def __init__(self, audit: Path, pool: Pool) -> None:
        self._audit = audit
        self._pool = pool
        self._size = 0
        self._sum = 0
        self.num_entries = 0
        self.num_probed = 0

    def __iter__(self) -> Iterator[AuditEntry]:
        """Yields the entries of the pool, once.

        Raises:
            InputError: There is no audit, it is broken, or ends too early.
        """
        for entry in PresetAuditReader(self._audit):
            self.num_entries += 1
            if entry.quality is None:
                continue
            self.num_probed += 1
            if not entry.quality.is_in(self._pool):
                continue
            self._size += 1
            path = hashlib.sha256(entry.rel_path.encode(errors="backslashreplace")).digest()
            self._sum = (self._sum + int.from_bytes(path, "big")) % 2**_DIGEST_BITS
            yield entry

    @property
    def state(self) -> PoolState:
        """The pool; complete after the last entry."""
        data = f"{self._size} {self._sum:x}".encode()
        return PoolState(self._pool, self._size, hashlib.sha256(data).hexdigest()[:_NUM_DIGITS])

    @property
    def is_empty(self) -> bool:
        """Whether no preset was in the pool; known after the last entry."""
        return self._size == 0

    def nothing(self) -> InputError:
        """Returns the error of an empty pool: what the audit has, and what to do about it."""
        if self.num_entries == 0:
            found, advice = "an audit of no presets", "audit the library: `aivj audit run LIBRARY`"
        elif self.num_probed == 0:
            found = f"an audit of text alone: none of its {self.num_entries} presets was drawn"
            advice = (
                "draw them (`aivj audit run LIBRARY`, the same --out-dir, without --probe none), "
                "or take all presets, unaudited, without --audit (`pool draw`: and with --pool any)"
            )
        else:
            found = f"none of {self.num_probed} that were drawn, of {self.num_entries} in the audit"
            advice = (
                "let the audit go on (`aivj audit run`), or look at its reasons (`audit query`)"
            )
            if self._pool == "ok-only":
                advice += ", or take the crash-safe pool (--pool crash-safe)"
        return InputError(f"presets in the pool {self._pool} of {self._audit}", found, advice)


def pool_files(
    root: Path, reader: PoolReader, passed_over: Counter[str] | None = None
) -> list[PresetFile]:
    """Returns the files of a pool below the library; none is looked for, no folder is walked.

    Args:
        root: The library's folder, which the audit's paths start from.
        reader: The pool.
        passed_over: Counts the entries whose path leads out of the library.

    Raises:
        InputError: The audit cannot be read, or no preset is in the pool.
    """
    left_out = Counter[str]() if passed_over is None else passed_over
    files: list[PresetFile] = []
    for entry in reader:
        try:
            path = resolve_under(root, quote(entry.rel_path))
        except UnsafePathError:
            left_out["path out of the library"] += 1
            continue
        files.append(PresetFile(entry.rel_path, path))
    if reader.is_empty:
        raise reader.nothing()
    if not files:
        raise InputError(
            f"presets of the pool {reader.state.pool} below {root}",
            f"{reader.state.size}, whose paths all lead out of it",
            "name the folder that was audited",
        )
    return sorted(files)


def staleness(folder: Path, audit: Path) -> str | None:
    """Says why a pack is not what its pool is now; None if it is.

    Args:
        folder: The pack's folder.
        audit: The audit as it is now.

    Raises:
        InputError: The pack was not drawn from an audited pool, or a file cannot be read.
    """
    made = pool_parameters(folder)
    if not made:
        raise InputError(
            f"a pack in {folder} that was drawn from an audited pool",
            "one that was not",
            "draw it with --audit and --pool",
        )
    pool: Pool = "ok-only" if made[POOL] == "ok-only" else "crash-safe"
    reader = PoolReader(audit, pool)
    for _ in reader:
        pass
    now = reader.state
    if made.get(POOL_SIZE) != now.size:
        return f"its pool had {made.get(POOL_SIZE)} presets and has {now.size} now"
    if made.get(POOL_DIGEST) != now.digest:
        return f"its pool had {now.size} presets as now, but others"
    return None


def pool_parameters(folder: Path) -> Mapping[str, Parameter]:
    """Returns what a pack's provenance says of its pool; nothing if it has none.

    What is made of a pack is of the same pool: it says the same.
    """
    if not (folder / PROVENANCE_NAME).is_file():
        return {}
    try:
        parameters = read_provenance(folder).parameters
    except InputError:
        return {}
    names = (POOL, POOL_SIZE, POOL_DIGEST)
    return {name: parameters[name] for name in names if POOL in parameters and name in parameters}


def unaudited_note(what: str) -> str:
    """Returns what is said aloud of presets that are from no audited pool.

    Args:
        what: The pack or folder.
    """
    return (
        f"{what} is from no audited pool: presets that abort or hang come to light in later "
        "stages (`aivj audit`, then --audit with --pool crash-safe)"
    )
