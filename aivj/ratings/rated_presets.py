"""The presets of one pack that somebody rated high or low.

3 is what MilkDrop writes where nobody rated, so it says nothing. Only inside one pack do ratings
compare: packs come with ratings that tools wrote, batch by batch.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.errors import InputError
from aivj.packs.ratings import HIGH_RATING, LOW_RATING
from aivj.packs.scan import scan_presets
from aivj.presets.digest import hash_milk
from aivj.presets.milk import Milk, parse_milk

MIN_OF_EACH = 20
"""Fewer high- or low-rated presets say nothing, however they are split."""


@dataclass(frozen=True)
class RatedPreset:
    """A preset that was rated high or low.

    Attributes:
        name: Name of its first file.
        milk: What its first file says.
        is_high: Whether it was rated 4 or more; 2 or less otherwise.
    """

    name: str
    milk: Milk
    is_high: bool

    @property
    def is_milkdrop_2(self) -> bool:
        """Whether it was saved in the format that has custom waves and shapes."""
        return bool(self.milk.waves or self.milk.shapes)


@dataclass(frozen=True)
class RatedPack:
    """The rated presets of one pack, each content once.

    Attributes:
        presets: In the order of their files.
        num_files: Files in the folder.
        num_contents: Different presets among them.
        num_contradictory: Contents left out because copies were rated both high and low.
    """

    presets: tuple[RatedPreset, ...]
    num_files: int
    num_contents: int
    num_contradictory: int


def read_rated_pack(folder: Path) -> RatedPack:
    """Reads the presets of a folder and keeps those that were rated high or low.

    Files of the same content are one preset: a default rating on one of them does not speak
    against a real one on another, and a preset that copies rate both high and low is left out.

    Args:
        folder: A pack with ratings of its own.

    Raises:
        InputError: `folder` is no folder, or has too few presets of either kind.
    """
    files = scan_presets(folder)
    first_of: dict[str, tuple[str, Milk]] = {}
    verdicts: dict[str, set[bool]] = defaultdict(set)
    for file in files:
        milk = parse_milk(file.path.read_bytes())
        content_hash = hash_milk(milk)
        first_of.setdefault(content_hash, (file.path.name, milk))
        verdicts[content_hash] |= _verdict(milk.f_rating)
    presets = tuple(
        RatedPreset(*first_of[content_hash], is_high=True in verdict)
        for content_hash, verdict in verdicts.items()
        if len(verdict) == 1
    )
    _refuse_if_few(folder, presets)
    return RatedPack(
        presets=presets,
        num_files=len(files),
        num_contents=len(first_of),
        num_contradictory=sum(len(verdict) > 1 for verdict in verdicts.values()),
    )


def _verdict(rating: float | None) -> set[bool]:
    """Returns whether a rating is high, as a set: of nothing where it does not say."""
    if rating is None or LOW_RATING < rating < HIGH_RATING:
        return set()
    return {rating >= HIGH_RATING}


def has_enough(presets: Sequence[RatedPreset]) -> bool:
    """Whether there are presets enough of either kind to tell anything."""
    num_high = sum(preset.is_high for preset in presets)
    return min(num_high, len(presets) - num_high) >= MIN_OF_EACH


def _refuse_if_few(folder: Path, presets: Sequence[RatedPreset]) -> None:
    if not has_enough(presets):
        num_high = sum(preset.is_high for preset in presets)
        raise InputError(
            f"at least {MIN_OF_EACH} presets rated {HIGH_RATING:g} or more and as many rated "
            f"{LOW_RATING:g} or less in {folder}",
            f"{num_high} and {len(presets) - num_high}",
            "name a pack whose presets people rated",
        )
