"""What to type next, with the very names and paths: on stderr, so that results stay clean."""

import shlex
import shutil
import sys
from pathlib import Path

import typer

from aivj.cli.console import err
from aivj.storage.places import as_uri


def program() -> str:
    """Returns how this program is called: by its name where that is found, else by its path."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return "python -m aivj.cli"
    on_path = shutil.which(called.name)
    is_same = on_path is not None and called.exists() and Path(on_path).samefile(called)
    return called.name if is_same or not called.exists() else shlex.quote(str(called))


def command(context: typer.Context, *words: str | Path) -> str:
    """Returns a command of ours as it must be typed, with `--home` where this one had it."""
    home = context.find_root().params.get("home")
    prefix = [] if home is None else ["--home", as_uri(home) or str(home)]
    return f"{program()} {shlex.join([*prefix, *map(str, words)])}"


IN_LOOP = "aivj.in_loop"
"""Set in the context of verbs that another one runs: it says itself what comes next."""


def say_next(context: typer.Context, *words: str | Path, why: str = "") -> None:
    """Prints the command that usually follows.

    Args:
        context: Of the verb that has ended.
        words: The command, without the program's own name.
        why: What it does, in a few words.
    """
    if context.meta.get(IN_LOOP):
        return
    told = f"  # {why}" if why else ""
    err.print(f"next: {command(context, *words)}{told}", markup=False)


def gpu_option() -> tuple[str, str]:
    """Returns the renderer that a command for this machine should ask for."""
    return ("--gpu", "software" if shutil.which("nvidia-smi") is None else "require")
