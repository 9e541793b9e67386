"""What a preset is called, read from its name, so that remixes of it are called the same.

`Rovastar - Altars Of Madness 3 (Crazy Mix)` and `Rozzor + Rovastar - Altars of Madness (remix)`
are both `altars of madness`.
"""

import re

from aivj.presets.author import BEFORE_TITLE, first_author, name_stem

_BRACKET = re.compile(r"[(\[{].*", re.DOTALL)
_APOSTROPHE = re.compile(r"['`\u00b4\u2019]")
_WORD = re.compile(r"[a-z0-9]+")
# Numbers, versions, and words that only say that something was changed.
_NO_NAME = re.compile(
    r"[0-9]+[a-z]?|v(?:er|ersion)?[0-9]*[a-z]?|(?:re)?mi?x(?:ed)?[0-9]*|mod[0-9]*|"
    r"edit|nz|part|final|alt|tweak(?:ed)?|variation|original|copy|[a-z]"
)


def preset_title(name: str) -> str:
    """Returns the name of a preset's theme: lower-case words with a blank between.

    What stands in brackets, numbers, versions and words such as `remix` are left out.

    Args:
        name: File name, with or without folders and `.milk`.

    Returns:
        For example `altars of madness`; empty where the name does not set a title apart from its
        authors, or nothing is left of it.
    """
    stem = name_stem(name)
    if not first_author(stem):
        return ""
    title = " ".join(BEFORE_TITLE.split(stem)[1:])
    plain = _APOSTROPHE.sub("", _BRACKET.sub(" ", title)).lower()
    return " ".join(word for word in _WORD.findall(plain) if not _NO_NAME.fullmatch(word))
