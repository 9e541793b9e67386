"""`aivj status`: how a run stands, in a terminal."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from aivj.cli.console import out
from aivj.cli.monitor import EvalDirOption, ProjectOption, StampOption, places_of
from aivj.cli.next_steps import say_next
from aivj.cli.results import JsonOption, plain_table, print_json

if TYPE_CHECKING:
    from aivj.contracts.monitored_run import MonitoredRun
    from aivj.monitor.watches import Watches

_STYLES = {"complete": "green", "running": "cyan", "failed": "bold red", "broken off": "bold red"}
_HOUR_S, _MINUTE_S = 3600, 60


def status(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="Folder of a run. Default: the latest.")
    ] = None,
    stamp: StampOption = None,
    eval_dir: EvalDirOption = None,
    project: ProjectOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C.")] = False,
    every_s: Annotated[
        float, typer.Option("--every", min=0.2, max=3600, help="With --watch: seconds between.")
    ] = 2.0,
    as_json: JsonOption = False,
) -> None:
    """Say how the run that goes on stands, or how the last one ended, as `aivj monitor` shows it.

    Example: aivj status --watch

    For programs: aivj status --json
    """
    from aivj.monitor.watches import Watches

    watches = Watches(places_of(context.obj, project, run or eval_dir, stamp))
    if watch and not as_json:
        _show_until_stopped(watches, every_s)
        return
    told = _whole(watches)
    if as_json:
        print_json(told)
        return
    if told.run is None:
        out.print(f"no run in {context.obj.home}", markup=False)
        say_next(context, "sample", "--pack", "NAME", why="makes one")
        return
    out.print(_shown(told))
    if told.standing == "running":
        say_next(context, "monitor", why="the same in a browser")


def _whole(watches: "Watches") -> "MonitoredRun":
    """Reads a run to its end, however long that takes."""
    while (told := watches.told(None)).is_behind:
        pass
    return told.run


def _show_until_stopped(watches: "Watches", every_s: float) -> None:
    try:
        with Live(_shown(watches.told(None).run), console=out, auto_refresh=False) as live:
            while True:
                told = watches.told(None)
                live.update(_shown(told.run), refresh=True)
                if not told.is_behind:
                    time.sleep(every_s)
    except KeyboardInterrupt:
        return


def _shown(told: "MonitoredRun") -> RenderableType:
    if told.run is None:
        return Text("no run yet")
    table = plain_table(header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _lines(told):
        table.add_row(name, value)
    return Group(table, *(_alert(alert.level, alert.kind, alert.message) for alert in told.alerts))


def _lines(told: "MonitoredRun") -> Iterator[tuple[str, Text]]:
    if told.run is not None:
        yield "run", Text(told.run.path)
    standing = told.standing or "unknown"
    yield "state", Text.assemble((standing, _STYLES.get(standing, "yellow")), f", {told.stage}")
    if told.read_share < 1:
        yield "reading", Text(f"{told.read_share:.0%} of the rows so far")
    for pack in told.packs:
        target = "" if pack.num_target is None else f" of {pack.num_target}"
        share = f", {pack.num_visited / pack.num_target:.0%}" if pack.num_target else ""
        ok = "" if pack.ok_share is None else f", {pack.ok_share:.0%} in order"
        failed = f", {pack.num_failed} failed" if pack.num_failed else ""
        yield pack.pack, Text(f"{pack.num_visited}{target} pairs{share}{ok}{failed}")
    eta = "" if told.eta_s is None else f", done in about {_span(told.eta_s)}"
    yield (
        "pairs a minute",
        Text(f"{told.rate_per_min:.0f}, {told.overall_per_min:.1f} overall{eta}"),
    )
    if told.last_row_at is not None:
        age_s = datetime.fromisoformat(told.at) - datetime.fromisoformat(told.last_row_at)
        yield "last row", Text(f"{_span(max(0.0, age_s.total_seconds()))} ago")
    if told.renderer is not None:
        yield "drawn by", Text(told.renderer)
    for scores in told.scores:
        std = "?" if scores.std is None else f"{scores.std:.3f}"
        yield "scores", Text(f"{scores.pack}: {scores.num_scored} pairs, deviation {std}")
    for each in told.evidence:
        yield each.kind, Text(f"{each.subject}: {each.verdict}, {each.told}")


def _alert(level: str, kind: str, message: str) -> Text:
    return Text.assemble((f"{kind} ", "bold red" if level == "error" else "yellow"), message)


def _span(seconds: float) -> str:
    """Returns a span of time in its largest units."""
    whole = round(seconds)
    if whole < 2 * _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{round(whole / _MINUTE_S)} min"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"
