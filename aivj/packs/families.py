"""Families of presets: who may not be parted when some are held out.

People remix their own work and each other's, so a model that has seen one remix knows the others.
What belongs together is read from names (author, title) and from code (near-duplicates).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aivj.packs.duplicates import near_duplicates
from aivj.packs.groups import Groups, IntArray
from aivj.presets.author import first_author, first_word
from aivj.presets.milk import Milk
from aivj.presets.title import preset_title

# Words that stand where an author would, and titles that several people gave for want of one.
_NOBODY = frozenset(("milkdrop", "unknown", "anonymous", "various", "preset", "presets", "random"))
_NO_TITLE = frozenset(("untitled", "unknown", "unnamed", "test", "demo", "preset", "random"))


@dataclass(frozen=True)
class NamedPreset:
    """A preset and the name of its file, with or without folders and `.milk`."""

    name: str
    milk: Milk


def family_of(presets: Iterable[NamedPreset]) -> IntArray:
    """Returns the family of each preset, a number from 0.

    Remixes of one theme (same title, or near-duplicates, or both by others) are never parted, and
    each theme goes whole to the author who has most of it. A theme of nobody known is a family of
    its own. Joining authors through their remixes instead would make one family of nearly all:
    see docs/decisions/011. The order of the presets decides about the numbers alone.

    Args:
        presets: Taken one by one, so they need not all be held at once.
    """
    names: list[str] = []

    def milks() -> Iterator[Milk]:
        for preset in presets:
            names.append(preset.name)
            yield preset.milk

    alike = near_duplicates(milks())
    themes = Groups(len(names))
    themes.join_equal(alike.tolist())
    themes.join_equal(_titles(names))
    theme_of = themes.labels().tolist()
    owner_of = _owners(theme_of, _authors(names))
    families = Groups(len(names))
    families.join_equal(owner_of.get(theme, theme) for theme in theme_of)
    return families.labels()


def _authors(names: Sequence[str]) -> list[str | None]:
    # A name that does not set its authors apart has its first word's, if another knows such a one.
    known = {first_author(name) for name in names} - _NOBODY
    words = (first_author(name) or first_word(name) for name in names)
    return [word if word and word in known else None for word in words]


def _titles(names: Sequence[str]) -> list[str | None]:
    titles = (preset_title(name) for name in names)
    return [title if title and title not in _NO_TITLE else None for title in titles]


def _owners(themes: Sequence[int], authors: Sequence[str | None]) -> dict[int, str]:
    """Returns who made most presets of each theme; among equals, the first by name."""
    num_by: dict[int, Counter[str]] = defaultdict(Counter)
    for theme, author in zip(themes, authors, strict=True):
        if author is not None:
            num_by[theme][author] += 1
    return {
        theme: min(counts, key=lambda author: (-counts[author], author))
        for theme, counts in num_by.items()
    }
