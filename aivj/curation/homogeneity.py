"""How much of a set of presets is written alike: what a glance at the texts gives away.

A pack of thousands of near-identical dark lines looks varied to whoever counts names. Its texts do
not: their waves have no colour, nothing computes anything, and all have the same shapes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aivj.packs.duplicates import near_duplicates
from aivj.packs.groups import IntArray
from aivj.presets.milk import Milk

_WAVE_COLOURS = ("wave_r", "wave_g", "wave_b")
_USUAL_COLOUR = 1.0
_FLAGS = (
    "nwavemode",
    "badditivewaves",
    "bwavedots",
    "bwavethick",
    "bdarkencenter",
    "bbrighten",
    "bdarken",
    "bsolarize",
    "binvert",
)


@dataclass
class TextTally:
    """Counts over the texts of presets.

    Attributes:
        num_presets: All of them.
        num_colourless: Those whose wave is black by its base values.
        num_without_equations: Those without a line of equations, in any part.
        shape_flags: Presets by which of their custom shapes are on.
        switches: Presets by wave mode and switches of the whole picture.
    """

    num_presets: int = 0
    num_colourless: int = 0
    num_without_equations: int = 0
    shape_flags: Counter[tuple[int, ...]] = field(default_factory=Counter)
    switches: Counter[tuple[float, ...]] = field(default_factory=Counter)

    def add(self, milk: Milk) -> None:
        """Counts one preset."""
        self.num_presets += 1
        colours = (milk.values.get(name, _USUAL_COLOUR) for name in _WAVE_COLOURS)
        self.num_colourless += all(colour == 0 for colour in colours)
        self.num_without_equations += not any(_equations(milk))
        self.shape_flags[tuple(n for n, shape in milk.shapes.items() if shape.is_enabled)] += 1
        self.switches[tuple(milk.values.get(name, 0.0) for name in _FLAGS)] += 1


@dataclass(frozen=True)
class TextHomogeneity:
    """What the texts of presets have in common.

    Attributes:
        tally: Counts.
        groups: Group of near-duplicates of each preset, see `aivj.packs.duplicates`.
    """

    tally: TextTally
    groups: IntArray

    @property
    def duplicate_share(self) -> float:
        """Share of presets that another one of nearly the same code stands for."""
        return 1 - len(set(self.groups.tolist())) / len(self.groups)

    def largest_groups(self, num: int) -> list[list[int]]:
        """Returns groups of more than one preset, the largest first."""
        members: dict[int, list[int]] = {}
        for place, group in enumerate(self.groups.tolist()):
            members.setdefault(group, []).append(place)
        several = [group for group in members.values() if len(group) > 1]
        return sorted(several, key=lambda group: (-len(group), group[0]))[:num]


def text_homogeneity(milks: Iterable[Milk]) -> TextHomogeneity:
    """Counts what texts have in common, one or more, each taken once."""
    tally = TextTally()

    def counted() -> Iterator[Milk]:
        for milk in milks:
            tally.add(milk)
            yield milk

    groups = near_duplicates(counted())
    return TextHomogeneity(tally, groups)


def _equations(milk: Milk) -> Iterator[str]:
    yield from (milk.init, milk.per_frame, milk.per_pixel)
    for wave in milk.waves.values():
        yield from (wave.init, wave.per_frame, wave.per_point)
    for shape in milk.shapes.values():
        yield from (shape.init, shape.per_frame)
