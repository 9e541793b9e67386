"""Whose preset it is, read from its name.

Presets of one family may not stand on both sides of a split: people remix their own work most.

MilkDrop names follow a habit, not a rule: `Author - Title`, `Author + Other - Title (Mix)`,
`Author_Other Title`. The first author counts.
"""

import re

from aivj.presets.digest import hash_milk
from aivj.presets.milk import Milk

_BEFORE_TITLE = re.compile(r"\s-|-\s")
_NEXT_AUTHOR = re.compile(r"[+&,_]|\s(?:and|n|vs\.?|feat\.?|with)\s", re.IGNORECASE)
_WORD_END = re.compile(r"[\s+&,_-]+")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LETTER = re.compile(r"[a-z]")


def preset_family(name: str, milk: Milk) -> str:
    """Returns the family of a preset: its first author in lower-case letters and digits.

    Args:
        name: File name, with or without folders and `.milk`.
        milk: The preset; where the name holds no word, its content makes the family.

    Returns:
        For example `rovastar`, or `content:` and 16 hexadecimal digits.
    """
    stem = re.sub(r"\.milk$", "", name.rpartition("/")[2], flags=re.IGNORECASE)
    return _first_author(stem) or f"content:{hash_milk(milk)[:16]}"


def _first_author(stem: str) -> str:
    """Returns the first author, or the first word of a name without one, or nothing."""
    fields = _BEFORE_TITLE.split(stem)
    authors = _NEXT_AUTHOR.split(fields[0]) if len(fields) > 1 else []
    for candidate in [*authors, *_WORD_END.split(" ".join(fields))]:
        plain = _NOT_PLAIN.sub("", candidate.lower())
        if _LETTER.search(plain):
            return plain
    return ""
