"""What the runs of verbs that learn are called."""

from collections.abc import Sequence
from datetime import datetime


def run_name(verb: str, packs: Sequence[str], *details: str) -> str:
    """Returns a run's name: what was done with which packs, when, and what sets it apart."""
    now = datetime.now().astimezone()
    return " ".join([verb, "+".join(packs), f"{now:%Y-%m-%d %H:%M:%S}", *details])
