"""`aivj check-run`: a sampling run's folder, checked against every rule for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from aivj.cli.console import out
from aivj.cli.next_steps import say_next
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.gate.run_check import CheckResult, RunCheckReport

_STYLES = {"pass": "green", "fail": "bold red", "not-applicable": "dim"}


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
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON instead of a table.")
    ] = False,
    write: Annotated[
        Path | None, typer.Option("--write", help="Also write the JSON report to this file.")
    ] = None,
) -> None:
    """Check that a run keeps every rule for its rows, its description and its logs.

    Changes nothing in the run. Ends with 0 if no check failed, with 7 if one did.

    Example: aivj check-run var/artifacts/coupled-eval/2026-03-01_010000

    Its pairs looked up too: aivj check-run DIR --packs-root var/public

    For programs: aivj check-run DIR --json --write report.json
    """
    from aivj.contracts.json_text import document_bytes
    from aivj.gate import run_check

    report = run_check.check_run(run_dir, packs_root=packs_root)
    if write is not None:
        run_check.write_report(write, report)
    if as_json:
        typer.echo(document_bytes(report).decode(), nl=False)
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
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("check", no_wrap=True)
    table.add_column("found")
    for name, result in report.checks.items():
        verdict = Text(result.verdict, _STYLES[result.verdict])
        table.add_row(verdict, name, _told(result))
    out.print(table, soft_wrap=False)
    for note in report.notes:
        out.print(Text(f"note: {note}"))
    num_failed = len(report.failed_checks)
    told = (
        f"{num_failed} of {len(report.checks)} checks failed" if num_failed else "no check failed"
    )
    out.print(Text(f"{report.verdict}, {told}: {report.run}"))


def _told(result: "CheckResult") -> Group | Text:
    found = Text(result.found)
    if result.remedy is None:
        return found
    expected = Text.assemble(("expected ", "bold"), result.expected)
    return Group(found, expected, Text.assemble(("do ", "bold"), result.remedy))
