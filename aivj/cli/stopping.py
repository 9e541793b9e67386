"""Ctrl-C and SIGTERM end every verb alike: what is open is closed, and how to go on is said."""

import contextlib
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from types import FrameType

import typer

from aivj.cli.console import err
from aivj.cli.next_steps import program

_WORDS = "aivj.words_to_go_on"
_AGAIN_S = 0.05
_BEGINS_AGAIN = "nothing was finished; begin again with"
_KEPT: Mapping[str, str] = {
    "demo": "what was converted and measured is kept; go on with",
    "night": "what was measured and has ended is kept; go on with",
    "sample": "every pair that was measured is kept; go on with",
    "frames": "pictures that were taken are kept; go on with",
    "embed": "vectors are kept up to the last minutes; go on with",
    "pack": "no pack was written, presets that were converted stay so; begin again with",
    "train": "no net was written, features that were read stay so; begin again with",
    "evaluate": "no figures were written, features that were read stay so; begin again with",
    "sweep": "fits that ended stand in MLflow; begin again with",
    "verify": "the evidence is not whole; begin again with",
    "accept": "nothing was accepted; begin again with",
    "run": "what was found out is kept; go on with",
    "repair": "presets that were repaired are kept; go on with",
    "flush": "what was delivered stays so; go on with",
}


class TerminatedError(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


def goes_on_with(context: typer.Context, *words: str) -> None:
    """Names what the command needs to go on, besides what it was given."""
    context.meta[_WORDS] = words


@contextlib.contextmanager
def interruptible(context: typer.Context) -> Iterator[None]:
    """Lets Ctrl-C and SIGTERM end the verb, and then the process with exit code 130 or 143."""
    with _sigterm_raises():
        try:
            yield
        except KeyboardInterrupt as stop:
            is_sigterm = isinstance(stop, TerminatedError)
            _say_how_to_go_on(context, "ended by SIGTERM" if is_sigterm else "interrupted")
            sys.exit(143 if is_sigterm else 130)


@contextlib.contextmanager
def _sigterm_raises() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise TerminatedError

    def ask_again(lost: "sys.UnraisableHookArgs") -> None:
        """Python only prints what is raised in a `__del__`, where a signal may be met too."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            hook_before(lost)
            return
        is_sigterm = issubclass(lost.exc_type, TerminatedError)
        if is_sigterm:
            signal.signal(signal.SIGTERM, stop)
        number = signal.SIGTERM if is_sigterm else signal.SIGINT
        threading.Timer(_AGAIN_S, os.kill, (os.getpid(), number)).start()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    hook_before, sys.unraisablehook = sys.unraisablehook, ask_again
    try:
        yield
    finally:
        sys.unraisablehook = hook_before
        signal.signal(signal.SIGTERM, before)


def _say_how_to_go_on(context: typer.Context, what: str) -> None:
    kept = _KEPT.get(context.info_name or "", _BEGINS_AGAIN)
    err.print(f"{what}: {kept}", markup=False)
    err.print(f"  {command_line(context)}", markup=False)


def command_line(context: typer.Context) -> str:
    """Returns the command as it was typed, with what it needs to go on."""
    words = [*sys.argv[1:], *context.meta.get(_WORDS, ())]
    return f"{program()} {shlex.join(words)}"
