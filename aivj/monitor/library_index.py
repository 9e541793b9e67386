"""A library in memory, to be chosen from: columns of numbers, and a text to search of each file."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from aivj.contracts.library_page import (
    LibraryChoice,
    LibraryChoices,
    PresetQuality,
)
from aivj.contracts.preset_audit_reasons import summary_reason
from aivj.contracts.style_index import Energy

QUALITIES: Sequence[PresetQuality] = get_args(PresetQuality)
ENERGIES: Sequence[Energy] = get_args(Energy)
MOST_FAILURES = 40
"""Reasons that are offered: a foreign audit may have as many as presets."""

MAX_TEXT = 200
"""Characters of a text that are searched for."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KnownPreset:
    """What is known of one file of a library.

    Attributes:
        rel_path: Path below the library.
        content: The preset's content hash; None where only its file tells.
        style: Key of its style; empty if it has none.
        energy: How much it moves.
        quality: What an audit found.
        reasons: What is wrong with it.
        luma: Mean luma, 0..1; None if it was not measured.
        motion: Mean difference of frames in a row, 0..1; None likewise.
        file: Its file in the pack that is looked at; None if that has none.
        preset_id: Its id there; None likewise.
    """

    rel_path: str
    content: str | None
    style: str
    energy: Energy
    quality: PresetQuality
    reasons: Sequence[str] = ()
    luma: float | None = None
    motion: float | None = None
    file: Path | None = None
    preset_id: str | None = None


@dataclass(frozen=True)
class LibraryQuery:
    """What is wanted of a library; empty texts want nothing in particular.

    Attributes:
        text: Words that its path must have, in any case: its name, its author.
        style: Key of a style.
        energy: calm, groove or peak.
        quality: See `PresetQuality`.
        failure: What a reason is counted as, see `summary_reason`.
    """

    text: str = ""
    style: str = ""
    energy: str = ""
    quality: str = ""
    failure: str = ""


@dataclass(frozen=True)
class Found:
    """What was chosen.

    Attributes:
        places: Its places in the index, in the order of paths.
        choices: How many presets each further choice would leave.
    """

    places: NDArray[np.intp]
    choices: LibraryChoices


@dataclass
class _Column:
    """Which of some keys each preset has."""

    keys: list[str] = field(default_factory=list)
    codes: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    @classmethod
    def of(cls, values: Iterable[str], keys: Sequence[str] = ()) -> "_Column":
        known = {key: code for code, key in enumerate(keys)}
        codes = [known.setdefault(value, len(known)) for value in values]
        return cls(list(known), np.asarray(codes, np.int32))

    def having(self, key: str) -> Flags:
        if key not in self.keys:
            return np.zeros(len(self.codes), bool)
        return np.equal(self.codes, self.keys.index(key))

    def counts(self, among: Flags) -> list[tuple[str, int]]:
        counts = np.bincount(self.codes[among], minlength=len(self.keys))
        return list(zip(self.keys, counts.tolist(), strict=True))


class LibraryIndex:
    """Presets of a library, to be searched and counted; nothing of it changes.

    Args:
        presets: All, in the order of their paths.
        labels: What styles are called, by key; others are called as their keys.
    """

    def __init__(self, presets: Sequence[KnownPreset], labels: dict[str, str]) -> None:
        self.presets = presets
        self._labels = labels
        self._texts = [preset.rel_path.casefold() for preset in presets]
        self._styles = _Column.of(preset.style for preset in presets)
        self._energies = _Column.of((preset.energy for preset in presets), ENERGIES)
        self._qualities = _Column.of((preset.quality for preset in presets), QUALITIES)
        self._failures = _failures(presets)

    def __len__(self) -> int:
        return len(self.presets)

    def find(self, query: LibraryQuery) -> Found:
        """Returns the presets that a query wants, and what else it could ask for."""
        every = self._with_text(query.text)
        chosen = {
            "style": self._styles.having(query.style) if query.style else None,
            "energy": self._energies.having(query.energy) if query.energy else None,
            "quality": self._qualities.having(query.quality) if query.quality else None,
            "failure": self._failed_by(query.failure) if query.failure else None,
        }

        def left(but: str = "") -> Flags:
            flags = every
            for name, each in chosen.items():
                if each is not None and name != but:
                    flags = flags & each
            return flags

        by_failure = left("failure")
        failures = [(key, int(by_failure[at].sum())) for key, at in self._failures.items()]
        choices = LibraryChoices(
            styles=self._most(self._styles.counts(left("style")), query.style),
            energies=_named(self._energies.counts(left("energy"))),
            qualities=_named(self._qualities.counts(left("quality"))),
            failures=_named(_ranked(failures, query.failure)[:MOST_FAILURES]),
        )
        return Found(np.flatnonzero(left()), choices)

    def _with_text(self, text: str) -> Flags:
        flags = np.ones(len(self.presets), bool)
        for word in text[:MAX_TEXT].casefold().split():
            hits = (word in each for each in self._texts)
            flags &= np.fromiter(hits, bool, len(self._texts))
        return flags

    def _failed_by(self, failure: str) -> Flags:
        flags = np.zeros(len(self.presets), bool)
        flags[self._failures.get(failure, [])] = True
        return flags

    def _most(self, counts: list[tuple[str, int]], chosen: str) -> list[LibraryChoice]:
        return [
            LibraryChoice(key=key, label=self._labels.get(key, key), count=count)
            for key, count in _ranked(counts, chosen)
            if key
        ]


def _failures(presets: Sequence[KnownPreset]) -> dict[str, NDArray[np.intp]]:
    """Returns the places of presets by what their reasons are counted as."""
    places: dict[str, list[int]] = {}
    kinds: dict[str, str] = {}
    for place, preset in enumerate(presets):
        for reason in preset.reasons:
            kind = kinds.setdefault(reason, summary_reason(reason))
            places.setdefault(kind, []).append(place)
    counts = Counter({kind: len(found) for kind, found in places.items()})
    return {kind: np.unique(np.asarray(places[kind], np.intp)) for kind, _ in counts.most_common()}


def _ranked(counts: list[tuple[str, int]], chosen: str) -> list[tuple[str, int]]:
    """Returns what leaves something, the most first; what is chosen stays in any case."""
    useful = [(key, count) for key, count in counts if count or key == chosen]
    return sorted(useful, key=lambda each: (each[0] != chosen, -each[1], each[0]))


def _named(counts: list[tuple[str, int]]) -> list[LibraryChoice]:
    return [LibraryChoice(key=key, label=key, count=count) for key, count in counts]
