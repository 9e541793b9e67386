"""What a style index v0 reads from the name of a preset: author, energy, band.

The rules are a runtime's, words and all; nothing here looks at a picture.
"""

import re
from collections.abc import Sequence
from itertools import chain

from aivj.contracts.style_index import Energy

UNKNOWN_AUTHOR = "unknown"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PEAK = _words(
    "rave hardcore acid bass laser lazer warp fast speed vip storm explosion fury fire toxic "
    "voosh techno"
)
_CALM = _words(
    "calm ambient drone soft slow chill mellow mist rain ocean sunset dawn dream nebula quiet "
    "silence"
)
_BANDS = {
    # In the order in which they win where as many words speak for them.
    "mid": _words("mid synth lead pad texture vocal organ string"),
    "low": _words("bass sub kick low 808 drum boom thump"),
    "high": _words("high hat hihat hi-hat clap snare spark glitch noise air"),
}
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_ENDING = re.compile(r"\.[a-z0-9]+$")
_MAX_SLUG = 80


def author_key(label: str) -> str:
    """Returns the slug of what stands before ` - `, else of the whole label."""
    return _slug(label.partition(" - ")[0]) or UNKNOWN_AUTHOR


def named_energy(label: str) -> Energy:
    """Returns the energy that words of a label speak of; peak before calm, else groove."""
    text = label.lower()
    if any(word in text for word in _PEAK):
        return "peak"
    return "calm" if any(word in text for word in _CALM) else "groove"


def named_band(label: str) -> str | None:
    """Returns low, mid or high, whichever most words speak for; None if none does."""
    text = label.lower()
    hits = {band: sum(word in text for word in words) for band, words in _BANDS.items()}
    best = max(hits, key=lambda band: hits[band])
    return best if hits[best] else None


def name_tags(label: str, energy: Energy, *, with_author: bool = True) -> list[str]:
    """Returns the tags of a preset's entry that its name and energy give."""
    author, band = author_key(label), named_band(label)
    knows_author = with_author and author != UNKNOWN_AUTHOR
    tags: Sequence[Sequence[str]] = (
        [f"energy:{energy}"],
        [f"author:{author}"] if knows_author else [],
        [f"band:{band}"] if band else [],
    )
    return list(chain.from_iterable(tags))


def _slug(text: str) -> str:
    plain = _NOT_PLAIN.sub("-", _ENDING.sub("", text.lower().strip())).strip("-")
    return plain[:_MAX_SLUG].strip("-")
