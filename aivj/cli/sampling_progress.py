"""Shows how sampling goes: a table that changes on a terminal, plain lines elsewhere."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from aivj.cli.console import err

if TYPE_CHECKING:
    from aivj.runs.progress import SampleProgress

_LINE_EVERY_S = 10.0


class SamplingProgress:
    """Shows each look at a run.

    Args:
        renderer: What draws; a night on the wrong one should be seen at a glance.
    """

    def __init__(self, renderer: str) -> None:
        self._renderer = renderer
        self._live = Live(console=err, transient=True, refresh_per_second=4)
        self._is_live = err.is_terminal
        self._last_line_s = 0.0
        self._hint: str | None = None

    def __enter__(self) -> Self:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_live:
            self._live.stop()

    def show(self, now: "SampleProgress") -> None:
        """Shows the figures; off a terminal only every ten seconds, and the last."""
        if now.hint is not None and self._hint is None:
            err.print(f"[yellow]note[/] {now.hint}")
        self._hint = self._hint or now.hint
        if self._is_live:
            self._live.update(self._table(now))
            return
        is_last = now.num_done >= now.num_target
        if is_last or time.monotonic() - self._last_line_s >= _LINE_EVERY_S:
            self._last_line_s = time.monotonic()
            err.print(f"sampling {now.num_done}/{now.num_target}: {'; '.join(_figures(now))}")

    def _table(self, now: "SampleProgress") -> Table:
        table = Table.grid(padding=(0, 2))
        bar = ProgressBar(total=max(1, now.num_target), completed=now.num_done, width=40)
        table.add_row("sampling", bar, f"{now.num_done}/{now.num_target}")
        for figure in _figures(now):
            table.add_row("", figure, "")
        table.add_row("", self._renderer, "")
        return table


def _figures(now: "SampleProgress") -> list[str]:
    eta = "unknown" if now.eta_s is None else str(timedelta(seconds=round(now.eta_s)))
    failures = ", ".join(f"{n} {kind}" for kind, n in now.failures.items()) or "none"
    figures = [
        f"{now.recent_per_min:.0f} pairs a minute, {now.overall_per_min:.0f} overall, {eta} to go",
        f"{now.dark_share:.0%} too dark, {now.still_share:.0%} hardly move",
        f"failures: {failures}",
    ]
    return [*figures, f"browsers replaced: {now.num_replaced}"] if now.num_replaced else figures
