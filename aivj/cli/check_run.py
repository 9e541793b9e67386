"""`aivj check-run`: a sampling run's folder, checked against every rule for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import out
from aivj.cli.next_steps import say_next
from aivj.cli.results import STYLES, JsonOption, WriteOption, plain_table, print_json, told
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.gate.run_check import RunCheckReport


def check_run(
    context: typer.Context,
    run_dir: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder of the run, the --out-dir of its sampling."),
    ],
    packs_root: Annotated[
        Path | None,
        typer.Option("--packs-root", help="Look pairs up in the manifests below this folder."),
    ] = None,
    as_json: JsonOption = False,
    write: WriteOption = None,
) -> None:
    """Check that a run keeps every rule for its rows, its description and its logs.

    Changes nothing in the run. Ends with 0 if no check failed, with 7 if one did.

    Example: aivj check-run var/artifacts/coupled-eval/2026-03-01_010000

    Its pairs looked up too: aivj check-run DIR --packs-root var/public

    For programs: aivj check-run DIR --json --write report.json
    """
    from aivj.gate import run_check

    report = run_check.check_run(run_dir, packs_root=packs_root)
    if write is not None:
        run_check.write_report(write, report)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if not report.passed:
        raise GateError(
            f"every check of {run_dir} to pass",
            f"{len(report.failed_checks)} failed: {', '.join(report.failed_checks)}",
            "do what stands beside each failed check",
        )
    if not as_json:
        say_next(context, "report", run_dir, why="its pictures and figures as a page")


def _print_report(report: "RunCheckReport") -> None:
    table = plain_table()
    table.add_column("verdict", no_wrap=True)
    table.add_column("check", no_wrap=True)
    table.add_column("found")
    for name, result in report.checks.items():
        verdict = Text(result.verdict, STYLES[result.verdict])
        table.add_row(verdict, name, told(result.found, result.expected, result.remedy))
    out.print(table, soft_wrap=False)
    for note in report.notes:
        out.print(Text(f"note: {note}"))
    num_failed = len(report.failed_checks)
    failed = (
        f"{num_failed} of {len(report.checks)} checks failed" if num_failed else "no check failed"
    )
    out.print(Text(f"{report.verdict}, {failed}: {report.run}"))
