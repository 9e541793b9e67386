"""What makes one entry of a manifest unusable, while the others stand.

The player takes the same entries: `aivj/stage/web/src/player/pair_entries.ts` has the same rules.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from aivj.contracts.json_text import shown

_MALFORMED_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_NAME_BYTES = 255


@dataclass(frozen=True)
class PairFault:
    """One entry of a manifest that cannot be used.

    Attributes:
        place: Where it stands among the entries, from 0.
        pair: Its id; None if it has none of its own.
        expected: What should have been there.
        found: What was there instead.
    """

    place: int
    pair: int | None
    expected: str
    found: str

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return "mend that entry of the manifest, or draw the pack again"

    def __str__(self) -> str:
        """Names the entry, and what is wrong with it."""
        name = f"entry {self.place}" if self.pair is None else f"pair {self.pair}"
        return f"{name}: expected {self.expected}; found {self.found}"


def url_fault(url: str, pack: str) -> tuple[str, str] | None:
    """Returns what was expected of a preset's URL and what it is instead; None if it is sound."""
    if _MALFORMED_PERCENT.search(url):
        return "a URL with '%' before two hexadecimal digits alone", shown(url)
    try:
        decoded = unquote(url, errors="strict")
        root, *steps = decoded.split("/")
        too_long = any(len(step.encode()) > _MAX_NAME_BYTES for step in steps)
    except UnicodeError:
        return "a URL that is Unicode when decoded", shown(url)
    if too_long:
        return f"a URL whose names have {_MAX_NAME_BYTES} bytes at most", shown(url)
    unsafe = any(step in {"", ".", ".."} or set(step) & set("\\\0") for step in steps)
    # As they stand they end the path; written %3F and %23 they belong to a file's name.
    if root or unsafe or set(url) & set("?#") or steps[:2] != ["presets", pack] or not steps[2:]:
        below = f"a URL below /presets/{pack}/ without '..', '?', '#' or backslash"
        return below, shown(url)
    return None
