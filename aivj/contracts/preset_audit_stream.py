"""Reads and writes `preset-audit.json` entry by entry: those of large libraries are half a GB."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aivj.contracts.json_stream import DocumentWriter, stream_members
from aivj.contracts.json_text import validated
from aivj.contracts.preset_audit import (
    AuditEntry,
    AuditHeader,
    BlacklistHeader,
    BlacklistMeta,
    as_entry,
)
from aivj.storage import open_atomic

_ENTRIES = "entries"


class PresetAuditReader:
    """The entries of a `preset-audit.json`, ours or the original's, one after the other.

    Iterating reads the file from its beginning. Nothing is written or locked, so that an audit may
    go on meanwhile.

    Attributes:
        header: What the audit says of itself; complete after the last entry.
        num_bad_entries: Entries so far that do not say which preset they are of.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.header = AuditHeader()
        self.num_bad_entries = 0

    def __iter__(self) -> Iterator[AuditEntry]:
        """Yields the entries.

        Raises:
            CutOffError: The text ends too early; every whole entry was yielded.
            InputError: There is no such file, or it is no audit.
        """
        self.num_bad_entries = 0
        members: dict[str, Any] = {}
        for key, value in stream_members(self._path, listed=_ENTRIES):
            if key != _ENTRIES:
                members[key] = value
                self.header = _header(members, self._path)
            elif (entry := as_entry(value)) is not None:
                yield entry
            else:
                self.num_bad_entries += 1


def _header(members: dict[str, Any], path: Path) -> AuditHeader:
    known = {key: value for key, value in members.items() if value is not None}
    return validated(AuditHeader, known, str(path))


def write_preset_audit(path: Path, header: AuditHeader, entries: Iterable[AuditEntry]) -> None:
    """Writes an audit, whole or not at all; entries are taken one by one.

    Raises:
        StorageError: The disk did not take it.
    """
    with open_atomic(path) as file:
        document = DocumentWriter(file)
        document.members(header)
        document.listed(_ENTRIES, entries)
        document.end()


def write_blacklist(
    path: Path,
    header: BlacklistHeader,
    *,
    paths: Iterable[str],
    reasons: Iterable[tuple[str, list[str]]] | None,
    meta: BlacklistMeta | None = None,
) -> None:
    """Writes a blacklist, whole or not at all; its paths are taken one by one.

    Args:
        path: The file.
        header: What the list says of itself.
        paths: Presets that are on it.
        reasons: The same once more, with why; None leaves that out.
        meta: What it is made of; only a snapshot says so.

    Raises:
        StorageError: The disk did not take it.
    """
    with open_atomic(path) as file:
        document = DocumentWriter(file)
        document.members(header)
        document.listed("badSourceRelPaths", paths)
        if reasons is not None:
            document.mapped("badReasonsByRelPath", reasons)
        if meta is not None:
            document.member("meta", meta)
        document.end()
