"""`aivj stats`: figures from a runtime's logs, and whether they are good enough."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from aivj.cli.console import out
from aivj.cli.results import STYLES, JsonOption, WriteOption, plain_table, print_json
from aivj.cli.verb import Verb, Verbs
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.gate.stats import Stat

LogsArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Logs, read one after the other.")
]

app = typer.Typer(
    name="stats",
    cls=Verbs,
    help="Figures from a runtime's logs, and whether they are good enough.",
    epilog="Exit codes: 0 passed, 3 a file that cannot be read, 7 not passed, which a log with too "
    "little in it never does. Example: aivj stats selection logs/aivj-selection.log",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(cls=Verb)
def selection(files: LogsArgument, as_json: JsonOption = False, write: WriteOption = None) -> None:
    """Tell how many of the selected presets move: 80 % of those with a known motion must.

    Example: aivj stats selection logs/aivj-selection.log
    """
    from aivj.gate import stats

    _tell(stats.selection_stat(stats.read_selection_log(stats.read_lines(files))), as_json, write)


@app.command(cls=Verb)
def data_link(
    files: LogsArgument,
    prefix: Annotated[
        str, typer.Option("--prefix", help="What ids of the preset library begin with.")
    ] = "",
    as_json: JsonOption = False,
    write: WriteOption = None,
) -> None:
    """Tell whether the selected presets are those of the run manifest.

    Example: aivj stats data-link logs/aivj-selection.log --prefix run3-crashsafe-15000-
    """
    from aivj.gate import stats

    log = stats.read_selection_log(stats.read_lines(files))
    _tell(stats.data_link_stat(log, prefix=prefix), as_json, write)


@app.command(cls=Verb)
def picks(
    files: LogsArgument,
    quality: Annotated[
        Path, typer.Option("--quality", help="The pack's scores, its pairs-quality.v0.json.")
    ],
    as_json: JsonOption = False,
    write: WriteOption = None,
) -> None:
    """Tell whether weighted picks are better than shuffled ones, from [sel] lines of the console.

    Example: aivj stats picks browser-console.log --quality pairs-quality.v0.json
    """
    from aivj.contracts.pairs_quality import read_pairs_quality
    from aivj.gate import stats

    scored = read_pairs_quality(quality)
    scores = {row.pair: row.quality01 for row in scored.pairs}
    log = stats.read_picks(stats.read_lines(files))
    _tell(stats.pick_stat(log, scored.pack, scores), as_json, write)


@app.command(cls=Verb)
def preload(
    files: LogsArgument,
    gate: Annotated[
        bool, typer.Option("--gate/--no-gate", help="--no-gate tells the figures and ends with 0.")
    ] = True,
    as_json: JsonOption = False,
    write: WriteOption = None,
) -> None:
    """Tell what making presets ready costs: at most 5 % of frames may take more than 33 ms.

    Example: aivj stats preload logs/preload.log
    """
    from aivj.gate import stats

    log = stats.read_preload_log(stats.read_lines(files))
    _tell(stats.preload_stat(log), as_json, write, gate=gate)


@app.command(cls=Verb)
def frame_time(files: LogsArgument, as_json: JsonOption = False, write: WriteOption = None) -> None:
    """Measure how long frames take; passes if there are enough of them to measure.

    Example: aivj stats frame-time logs/preload.log --write artifacts/headless/frame-time.json
    """
    from aivj.gate import stats

    log = stats.read_preload_log(stats.read_lines(files))
    source = ", ".join(map(str, files))
    _tell(stats.frame_time_stat(log, source=source), as_json, write)


@app.command(cls=Verb)
def budget(files: LogsArgument, as_json: JsonOption = False, write: WriteOption = None) -> None:
    """Tell whether the performance budget answers to load.

    Example: aivj stats budget logs/preload.log --write artifacts/headless/budget-dynamics.json
    """
    from aivj.contracts.json_text import iso_utc
    from aivj.gate import stats

    now = iso_utc(datetime.now(UTC))
    log = stats.read_preload_log(stats.read_lines(files))
    sources = [str(path) for path in files]
    _tell(stats.budget_stat(log, sources=sources, started_at=now), as_json, write)


def _tell(stat: "Stat", as_json: bool, write: Path | None, *, gate: bool = True) -> None:
    """Prints and writes a result; it is an error not to have passed."""
    from aivj.contracts.json_text import document_bytes
    from aivj.storage import write_atomic

    if write is not None:
        write_atomic(write, document_bytes(stat))
    if as_json:
        print_json(stat)
    else:
        _print_figures(stat)
    if gate and stat.verdict != "pass":
        raise GateError(stat.expected, stat.reason, stat.remedy)


def _print_figures(stat: "Stat") -> None:
    document = stat.model_dump(mode="json", exclude={"verdict", "reason"})
    table = plain_table(header=False)
    for name, figure in _figures(document):
        table.add_row(name, Text(figure))
    out.print(table, soft_wrap=False)
    out.print(Text.assemble((stat.verdict, STYLES[stat.verdict]), f": {stat.reason}"))


def _figures(document: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    """Yields figures by their keys in the JSON result; a list of objects is one figure."""
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from _figures(value, f"{inside}{key}.")
        else:
            yield f"{inside}{key}", _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, list):
        separator = "\n" if any(isinstance(part, Mapping) for part in value) else ", "
        return separator.join(map(_shown, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, float):
        return f"{value:.6g}"
    return "-" if value is None else str(value)
