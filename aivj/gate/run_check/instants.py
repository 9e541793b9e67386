"""Times of a description that may be absent or spoilt."""

from datetime import datetime

from aivj.contracts.json_text import parse_time
from aivj.errors import InputError


def instant(text: str | None) -> datetime | None:
    """Returns the moment; None if there is none or it is no ISO-8601 time with its offset."""
    if text is None:
        return None
    try:
        return parse_time(text)
    except InputError:
        return None
