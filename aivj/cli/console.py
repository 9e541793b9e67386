"""What the command line prints: progress, results, errors. Results go to stdout, the rest not."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from aivj.errors import AivjError
from aivj.redaction import secret_values, without_secrets
from aivj.storage import storage_errors

# Who wants no colour (https://no-color.org) gets plain lines, as a file does: bold and bars are
# escape codes too.
_IS_TERMINAL = False if os.environ.get("NO_COLOR") else None

_has_spoken = threading.Event()


_copies: list[Console] = []


class _Speaker(Console):
    """A console that lets be known that something was printed, and prints no credentials."""

    def print(self, *objects: Any, **options: Any) -> None:
        _has_spoken.set()
        clean = [_clean(each) for each in objects]
        super().print(*clean, **options)
        for copy in _copies:
            # What a full disk does not take, stands on the screen.
            with contextlib.suppress(OSError):
                copy.print(*clean, **options)


def _clean(printed: Any) -> Any:
    """Masks credentials in text; tables and the like are made of what cannot hold any."""
    if isinstance(printed, str):
        return without_secrets(printed, secret_values(os.environ))
    if isinstance(printed, Text):
        told = printed.plain
        clean = without_secrets(told, secret_values(os.environ))
        return printed if clean == told else Text(clean, printed.style)
    return printed


out = _Speaker(force_terminal=_IS_TERMINAL, highlight=False, soft_wrap=True)
err = _Speaker(stderr=True, force_terminal=_IS_TERMINAL, highlight=False, soft_wrap=True)

_COPY_WIDTH = 160
_QUIET_S = 1.5
_LINE_EVERY_S = 10.0
_NOTE = "note: "


@contextlib.contextmanager
def copied_to(path: Path) -> Iterator[None]:
    """Writes what is printed in the block to a file as well, behind what stands there.

    Raises:
        StorageError: It cannot be written.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8", buffering=1)
    copy = Console(file=file, width=_COPY_WIDTH, highlight=False, soft_wrap=True, no_color=True)
    _copies.append(copy)
    try:
        yield
    finally:
        _copies.remove(copy)
        with contextlib.suppress(OSError):
            file.close()


def print_error(error: AivjError) -> None:
    """Prints an error's three parts, one a line."""
    err.print(Text.assemble(("expected ", "bold red"), error.expected))
    err.print(Text.assemble(("found    ", "bold red"), error.found))
    err.print(Text.assemble(("do       ", "bold green"), error.remedy))


def say(text: str) -> None:
    """Says what is being done; what begins with `note: ` stands out."""
    if text.startswith(_NOTE):
        err.print(Text.assemble(("note ", "yellow"), text.removeprefix(_NOTE)))
    else:
        err.print(Text(text, "dim"))


@contextlib.contextmanager
def breaking_silence(label: str) -> Iterator[None]:
    """Says that the block is at work if it has said nothing for a while, as when modules load."""
    _has_spoken.clear()
    teller = threading.Thread(target=_break_silence, args=(label,), daemon=True)
    teller.start()
    try:
        yield
    finally:
        _has_spoken.set()
        teller.join()


def _break_silence(label: str) -> None:
    if not _has_spoken.wait(_QUIET_S):
        say(f"{label}: getting ready")


class Bar:
    """One line of progress. Off a terminal it prints a plain line every tenth of the way.

    Attributes:
        label: What is being counted.
    """

    def __init__(self, label: str, progress: Progress | None, task: TaskID | None) -> None:
        self.label = label
        self._progress = progress
        self._task = task
        self._last_tenth = -1

    def begin(self, label: str) -> None:
        """Starts to count something else."""
        self.label, self._last_tenth = label, -1
        if self._progress is not None and self._task is not None:
            self._progress.reset(self._task, description=label)

    def update(self, num_done: int, num_total: int, note: str = "") -> None:
        """Shows that `num_done` of `num_total` are done."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=num_done, total=num_total, note=note)
            return
        tenth = 10 * num_done // max(1, num_total)
        if tenth > self._last_tenth:
            self._last_tenth = tenth
            err.print(f"{self.label}: {num_done}/{num_total} {note}".rstrip())


@contextlib.contextmanager
def bar(label: str) -> Iterator[Bar]:
    """Shows a line of progress for the block."""
    if not err.is_terminal:
        yield Bar(label, None, None)
        return
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        yield Bar(label, progress, progress.add_task(label, total=None, note=""))


@contextlib.contextmanager
def working(label: str) -> Iterator[None]:
    """Shows that the block is at work: a clock on a terminal; a line now and then elsewhere."""
    if err.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            progress.add_task(label, total=None)
            yield
        return
    is_over = threading.Event()
    teller = threading.Thread(target=_tell, args=(label, is_over), daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def above_the_clock() -> Console:
    """Returns where results go while `working` shows its clock: above it, on a terminal."""
    return err if out.is_terminal and err.is_terminal else out


def _tell(label: str, is_over: threading.Event) -> None:
    started = time.monotonic()
    wait_s = _QUIET_S
    while not is_over.wait(wait_s):
        err.print(f"{label}: {time.monotonic() - started:.0f} s", markup=False)
        wait_s = _LINE_EVERY_S
