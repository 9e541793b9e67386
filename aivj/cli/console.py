"""What the command line prints: progress, results, errors. Results go to stdout, the rest not."""

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from aivj.errors import AivjError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_error(error: AivjError) -> None:
    """Prints an error's three parts, one a line."""
    err.print(Text.assemble(("expected ", "bold red"), error.expected))
    err.print(Text.assemble(("found    ", "bold red"), error.found))
    err.print(Text.assemble(("do       ", "bold green"), error.remedy))


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
