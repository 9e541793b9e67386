"""HuggingFace's hub, asked once: its client tries again for most of a minute where none answers."""

import contextlib
from collections.abc import Iterator

TIMEOUT_S = 5.0
"""For the hub to answer at all; what it then sends may take its time."""

_MAX_LENGTH = 300


@contextlib.contextmanager
def asked_once() -> Iterator[bool]:
    """Leaves the hub alone for the block if it does not answer one request in `TIMEOUT_S`.

    What was fetched before is then loaded out of the hub's cache, as with `HF_HUB_OFFLINE=1`.

    Yields:
        Whether it answers.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = before or not _answers()
    try:
        yield not constants.HF_HUB_OFFLINE
    finally:
        constants.HF_HUB_OFFLINE = before


def why_not_loaded(error: Exception, model: str, *, hub_answers: bool) -> str:
    """Returns in one line why weights could not be loaded.

    Args:
        error: What a loader raised.
        model: What was to be loaded.
        hub_answers: What `asked_once` gave; True where the hub is not needed.
    """
    from huggingface_hub import constants

    said = next(iter(str(error).strip().splitlines()), type(error).__name__)[:_MAX_LENGTH]
    if hub_answers or "cache" not in said:
        return said
    if constants.HF_HUB_OFFLINE:
        return f"no {model} in the hub's cache, and HF_HUB_OFFLINE forbids to ask the hub"
    return f"{constants.ENDPOINT} did not answer in {TIMEOUT_S:.0f} s, and no {model} in its cache"


def _answers() -> bool:
    """Asks whether there is a hub; whatever it says to that, it is there."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=TIMEOUT_S, follow_redirects=False)
    except Exception:  # noqa: BLE001 - which HTTP library the client uses is its own affair
        return False
    return True
