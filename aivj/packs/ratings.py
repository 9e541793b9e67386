"""Weak labels: what the ratings written inside presets say about pairs of them.

A rating is the opinion of whoever saved the file, 3 by default, and follows the collection more
than the picture: it stands in for an elite list that people made, until there is one.
"""

from collections.abc import Sequence
from pathlib import Path

from aivj.contracts.elite_manifest import EliteEntry
from aivj.errors import NoContrastError
from aivj.packs.drawing import DrawnPreset, SeededDraw, name_pairs
from aivj.packs.elite import write_elite
from aivj.packs.provenance import trace
from aivj.packs.scan import PresetFile

DEFAULT_RATING = 3.0
"""MilkDrop's rating for a preset that nobody rated."""

HIGH_RATING = 4.0
LOW_RATING = 2.0

_LARGEST_RATING = 5.0
_PRESETS_PER_PAIR = 2
_Couple = tuple[DrawnPreset, DrawnPreset]


def draw_elite(
    library: Sequence[PresetFile],
    *,
    num_positive: int,
    num_negative: int,
    seed: int,
    folder: Path,
) -> list[EliteEntry]:
    """Draws pairs of two high-rated and of two low-rated presets and copies them to `folder`.

    High is a rating of 4 and more, low of 2 and less; no preset comes twice, by content. A library
    with fewer such presets gives fewer pairs. The same seed and library give the same folder.

    Args:
        library: The presets to draw from.
        num_positive: Pairs of two high-rated presets, at most.
        num_negative: Pairs of two low-rated presets, at most.
        seed: Decides which presets are drawn, and how they are paired.
        folder: Gets `fg/`, `bg/`, the provenance and, last, the elite manifest; an earlier draw
            there is replaced whole.

    Returns:
        The pairs, best first: rank from 1, the mean of both ratings as score, and the copies.

    Raises:
        NoContrastError: There is not one pair of either kind, so ratings teach nothing.
        InputError: `folder` holds something else. Nothing is written.
        StorageError: The disk did not take it; what was there before is whole.
    """
    draw = SeededDraw(library, purpose="weak-elite", seed=seed)
    high, low = _draw_rated(draw, num_high=2 * num_positive, num_low=2 * num_negative)
    if min(len(high), len(low)) < _PRESETS_PER_PAIR:
        raise NoContrastError(
            f"two presets rated >= {HIGH_RATING:g} and two rated <= {LOW_RATING:g}",
            f"{len(high)} and {len(low)} among {len(library)} presets",
            "train without labels from ratings, or list pairs that people scored "
            "(`aivj elite --help`)",
        )
    couples = sorted([*_couples(high), *_couples(low)], key=_couple_score, reverse=True)
    pairs = name_pairs("e", 1, couples)
    parameters = {"numPositive": num_positive, "numNegative": num_negative}
    provenance = trace(draw, pairs, kind="weak-elite", parameters=parameters)
    return write_elite(pairs, [_couple_score(couple) for couple in couples], provenance, folder)


def ratings_differ(library: Sequence[PresetFile], *, seed: int) -> bool:
    """Whether `draw_elite` would find a pair of either kind; reads no more than that takes."""
    draw = SeededDraw(library, purpose="weak-elite", seed=seed)
    found = _draw_rated(draw, num_high=_PRESETS_PER_PAIR, num_low=_PRESETS_PER_PAIR)
    return min(map(len, found)) >= _PRESETS_PER_PAIR


def _draw_rated(
    draw: SeededDraw, *, num_high: int, num_low: int
) -> tuple[list[DrawnPreset], list[DrawnPreset]]:
    """Draws until there are enough presets of both kinds, or none left."""
    high: list[DrawnPreset] = []
    low: list[DrawnPreset] = []
    for preset in draw:
        rating = preset.milk.f_rating
        if rating is not None and rating >= HIGH_RATING and len(high) < num_high:
            high.append(preset)
        if rating is not None and rating <= LOW_RATING and len(low) < num_low:
            low.append(preset)
        if len(high) == num_high and len(low) == num_low:
            break
    return high, low


def _couples(presets: Sequence[DrawnPreset]) -> list[_Couple]:
    """Couples presets in the order of the draw; an odd one out stays alone."""
    return list(zip(presets[::2], presets[1::2], strict=False))


def _couple_score(couple: _Couple) -> float:
    return _score(*(preset.milk.f_rating for preset in couple))


def _score(*ratings: float | None) -> float:
    """Returns the mean rating, 0..5; a preset without one has MilkDrop's default."""
    known = [DEFAULT_RATING if rating is None else rating for rating in ratings]
    return sum(min(max(rating, 0.0), _LARGEST_RATING) for rating in known) / len(known)
