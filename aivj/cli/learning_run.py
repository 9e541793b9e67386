"""What the verbs that learn share: what they say meanwhile, and what their runs are called."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from aivj.cli.console import err

_NOTE = "note: "


def say(text: str) -> None:
    """Says what is being done; what begins with `note: ` stands out."""
    if text.startswith(_NOTE):
        err.print(Text.assemble(("note ", "yellow"), text.removeprefix(_NOTE)))
    else:
        err.print(Text(text, "dim"))


def run_name(verb: str, packs: Sequence[str], *details: str) -> str:
    """Returns a run's name: what was done with which packs, when, and what sets it apart."""
    now = datetime.now().astimezone()
    return " ".join([verb, "+".join(packs), f"{now:%Y-%m-%d %H:%M:%S}", *details])
