"""Whose preset it is, read from its name.

Presets of one family may not stand on both sides of a split: people remix their own work most.

MilkDrop names follow a habit, not a rule: `Author - Title`, `Author + Other - Title (Mix)`,
`Author_Other Title`. The first author counts.
"""

import re

from aivj.presets.digest import hash_milk
from aivj.presets.milk import Milk

BEFORE_TITLE = re.compile(r"\s-|-\s")
"""What parts the fields of a name: authors, then perhaps a number, then the title."""

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
    return first_author(name) or first_word(name) or f"content:{hash_milk(milk)[:16]}"


def first_author(name: str) -> str:
    """Returns the first author of a name that sets authors apart from the title, or nothing."""
    return next(iter(author_names(name)), "")


def author_names(name: str) -> list[str]:
    """Returns all authors of a name that sets authors apart from the title."""
    fields = BEFORE_TITLE.split(name_stem(name))
    return _plain_words(_NEXT_AUTHOR.split(fields[0])) if len(fields) > 1 else []


def first_word(name: str) -> str:
    """Returns the first word of a name; where nothing sets authors apart, it may be one."""
    return next(iter(_plain_words(_WORD_END.split(name_stem(name)))), "")


def name_stem(name: str) -> str:
    """Returns a file name without folders and `.milk`."""
    return re.sub(r"\.milk$", "", name.rpartition("/")[2], flags=re.IGNORECASE)


def _plain_words(words: list[str]) -> list[str]:
    """Returns the words in lower-case letters and digits, those without a letter left out."""
    plain = (_NOT_PLAIN.sub("", word.lower()) for word in words)
    return [word for word in plain if _LETTER.search(word)]
