"""What a net learns from, as plain arrays over a table of presets."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from aivj.coupling.pair_inputs import PairInputs
from aivj.packs.term_space import TermSpace

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Source(IntEnum):
    """Where a row's label comes from."""

    ELITE = 0
    EVAL = 1
    NEGATIVE = 2


class EliteClass(IntEnum):
    """Which example an elite row makes."""

    NONE = -1
    NEGATIVE = 0
    POSITIVE = 1


@dataclass(frozen=True)
class Comparisons:
    """C judgements of people: one pair is better than another, or neither is.

    Attributes:
        winner_fg: [C] row of the better pair's foreground in the table of presets.
        winner_bg: [C] row of its background.
        loser_fg: [C] the same for the other pair.
        loser_bg: [C] likewise.
        is_tie: [C] whether neither was better; which pair is called the winner means nothing then.
    """

    winner_fg: IntArray
    winner_bg: IntArray
    loser_fg: IntArray
    loser_bg: IntArray
    is_tie: BoolArray

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int, bool]] = ()) -> Self:
        """Makes the arrays from tuples in the order of the attributes."""
        layers = np.array([row[:4] for row in rows], dtype=np.int64).reshape(-1, 4)
        winner_fg, winner_bg, loser_fg, loser_bg = layers.T.copy()
        ties = np.array([row[4] for row in rows], dtype=np.bool_)
        return cls(winner_fg, winner_bg, loser_fg, loser_bg, ties)

    def __len__(self) -> int:
        return len(self.is_tie)

    @property
    def sides(self) -> tuple[tuple[IntArray, IntArray], tuple[IntArray, IntArray]]:
        """Rows of foreground and background of the better pairs, and of the others."""
        return (self.winner_fg, self.winner_bg), (self.loser_fg, self.loser_bg)

    @property
    def layers(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Rows of the four presets of each comparison: winner's fg and bg, loser's fg and bg."""
        return self.winner_fg, self.winner_bg, self.loser_fg, self.loser_bg


@dataclass(frozen=True)
class TrainingSet:
    """N rows over P presets of F features each, and C comparisons. Arrays are never written to.

    Rows point into the table of presets, so that features are held once however often a preset
    is paired.

    Attributes:
        feature_spec: Version of all that describes presets and pairs.
        preset_features: [P, F] raw features; NaN where a preset lacks one that is not of its text.
        feature_blocks: How many features there are of the text and, behind them, of other sources.
        preset_hashes: Content hash of each preset, P of them, all different.
        preset_families: [P] number of each preset's family; see `aivj.packs.families`.
        fg_index: [N] row of the foreground in the table.
        bg_index: [N] row of the background.
        target: [N] how good the pair is, 0..1.
        source: [N] `Source` codes.
        elite_class: [N] `EliteClass` codes; NONE for everything but elite rows.
        measured_luma: [N] mean luma where the pair was measured, NaN elsewhere; for the rule that
            the net is held against, never an input.
        comparisons: Judgements of people.
        pair_inputs: What was measured of pairs, and is told to the net; see there.
        takes: Conditions of the takes that this was measured from.
        term_space: What some of the presets' features were made by; None if none were.
        renderer_class: What drew the measured pairs: a class, classes joined by `+` where mixing
            was allowed, or None where nothing was measured or the rows do not say.
        notes: Sentences on what was left out or reduced while the set was built.
    """

    feature_spec: str
    preset_features: FloatArray
    feature_blocks: tuple[int, ...]
    preset_hashes: tuple[str, ...]
    preset_families: IntArray
    fg_index: IntArray
    bg_index: IntArray
    target: FloatArray
    source: npt.NDArray[np.int8]
    elite_class: npt.NDArray[np.int8]
    measured_luma: FloatArray
    comparisons: Comparisons = field(default_factory=Comparisons.of)
    pair_inputs: PairInputs = field(default_factory=PairInputs.none)
    takes: tuple[str, ...] = ()
    term_space: TermSpace | None = None
    renderer_class: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.target)

    def num_rows(self, source: Source) -> int:
        """Counts the rows of one source."""
        return int(np.count_nonzero(self.source == source))

    @property
    def num_rows_by_source(self) -> dict[str, int]:
        """How many labels there are of each kind, by its name."""
        counts = {source.name.lower(): self.num_rows(source) for source in Source}
        return {**counts, "comparisons": len(self.comparisons)}

    def dataset_digest(self) -> str:
        """Returns the SHA-256 of what is learned, whatever the order of rows and presets.

        Covers the feature version; for each row the content hashes of both presets, target,
        source, class and what was measured; and for each comparison its presets and outcome.
        """
        digest = hashlib.sha256(self.feature_spec.encode())
        for row in sorted([*self._rows_as_bytes(), *self._comparisons_as_bytes()]):
            digest.update(len(row).to_bytes(4, "little"))
            digest.update(row)
        return digest.hexdigest()

    def _rows_as_bytes(self) -> Iterable[bytes]:
        hashes = [name.encode() for name in self.preset_hashes]
        labels = zip(self.target.astype("<f4"), self.source, self.elite_class, strict=True)
        told = self.pair_inputs.of(self.fg_index, self.bg_index).astype("<f4")
        rows = zip(self.fg_index, self.bg_index, labels, told, strict=True)
        for fg, bg, label, inputs in rows:
            measured = [inputs.tobytes()] if len(inputs) else []
            values = (value.tobytes() for value in label)
            yield b"|".join([hashes[fg], hashes[bg], *values, *measured])

    def _comparisons_as_bytes(self) -> Iterable[bytes]:
        compared = self.comparisons
        for *presets, tie in zip(*compared.layers, compared.is_tie.tolist(), strict=True):
            names = [self.preset_hashes[preset] for preset in presets]
            outcome = "tie" if tie else "beats"
            yield "|".join([outcome, *names]).encode()
