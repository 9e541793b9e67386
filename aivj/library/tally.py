"""Entries of an audit, ours or the original's, counted one after the other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from aivj.contracts.preset_audit import (
    AuditEntry,
    BlacklistMode,
    MissingQuality,
    blacklist_reasons,
)
from aivj.contracts.preset_audit_reasons import summary_reason
from aivj.library.tables import Verdict

Entry = TypeVar("Entry", AuditEntry, Verdict)


class Tally:
    """What entries say all together.

    Args:
        mode: Whom the blacklist names.
        missing: Whether it names presets that were not probed.

    Attributes:
        num_scanned: Entries.
        num_probed: Of these, probed.
        num_ok: Of these, without a reason.
        num_crash_safe: Of the probed ones, those that break nothing.
        reasons: Entries by reason, messages that differ in details counted as one.
        tags: Entries by tag.
        categories: Entries by primary category.
        warnings: Entries by warning.
        named: Path and reasons of those that the blacklist names.
    """

    def __init__(self, mode: BlacklistMode, missing: MissingQuality) -> None:
        self._mode = mode
        self._missing = missing
        self.num_scanned = self.num_probed = self.num_ok = self.num_crash_safe = 0
        self.reasons: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.categories: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.named: list[tuple[str, Sequence[str]]] = []

    @property
    def num_bad(self) -> int:
        """Probed entries that are not ok."""
        return self.num_probed - self.num_ok

    def add(self, entry: AuditEntry | Verdict) -> None:
        """Counts an entry."""
        self.num_scanned += 1
        self.tags.update(entry.tags)
        self.categories[entry.primary_category] += 1
        self.warnings.update(entry.warnings)
        quality = entry.quality
        if quality is not None:
            self.num_probed += 1
            self.num_ok += quality.is_ok
            self.num_crash_safe += quality.is_crash_safe
            self.reasons.update(set(map(summary_reason, quality.reasons)))
        if reasons := blacklist_reasons(quality, self._mode, self._missing):
            self.named.append((entry.rel_path, tuple(reasons)))

    def counting(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yields the entries, and counts them on their way."""
        for entry in entries:
            self.add(entry)
            yield entry
