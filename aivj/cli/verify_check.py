"""`aivj verify-check`: a folder of evidence, checked against the release gate's rules."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import out
from aivj.cli.next_steps import say_next
from aivj.cli.results import STYLES, JsonOption, WriteOption, plain_table, print_json, told
from aivj.errors import GateError

if TYPE_CHECKING:
    from aivj.gate.verify_check import VerifyCheckReport
    from aivj.settings import Settings


def verify_check(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            help="Folder of the evidence, the --out-dir of its verification. "
            "Default: HEADLESS_ARTIFACTS_DIR, artifacts/headless.",
        ),
    ] = None,
    release: Annotated[
        bool, typer.Option("--release", help="Judge it as good enough to release.")
    ] = False,
    packs_root: Annotated[
        Path | None,
        typer.Option("--packs-root", help="Folder above presets/. Default: <home>/public."),
    ] = None,
    run_dir: Annotated[
        Path | None,
        typer.Option("--run", help="Run that the scores come from: older ones are stale."),
    ] = None,
    selection_log: Annotated[
        Path | None,
        typer.Option("--selection-log", help="Default: aivj-selection.log in the folder."),
    ] = None,
    require_schema_version: Annotated[
        bool,
        typer.Option(
            "--require-schema-version",
            help="Refuse a report without schemaVersion. Also: REQUIRE_SCHEMA_VERSION=1.",
        ),
    ] = False,
    as_json: JsonOption = False,
    write: WriteOption = None,
) -> None:
    """Check that the evidence of a verification is whole, of these scores, and good enough.

    Opens no browser; writes schema-check.json into the folder and changes nothing else there. Ends
    with 0 if every required check passed or does not apply, with 7 if one failed.
    VERIFY_SELECTION_* variables set how much of a selection has to match.

    Example: aivj verify-check var/verify/mine

    Before a release: aivj verify-check var/verify/mine --release --run var/runs/mine
    """
    from aivj.contracts.json_text import document_bytes
    from aivj.gate import verify_check as gate
    from aivj.gate.environment import read_environment
    from aivj.storage import write_atomic

    settings: Settings = context.obj
    environment = read_environment()
    folder = folder or environment.artifacts_dir
    evidence = gate.load_evidence(
        folder,
        mode="release" if release else "dev",
        packs_root=packs_root or settings.packs_root,
        selection_log=selection_log,
        run_started_at=None if run_dir is None else _started_at(run_dir),
        limits=environment.link_limits,
        require_schema_version=require_schema_version or environment.require_schema_version,
    )
    report = gate.judge_evidence(evidence, source=str(folder))
    gate.write_schema_check(folder, gate.schema_check(evidence, report))
    if write is not None:
        write_atomic(write, document_bytes(report))
    if as_json:
        print_json(report)
    else:
        print_gate(report)
    if not report.passed:
        raise GateError(
            f"every required check of {folder} to pass",
            f"{len(report.failed_checks)} failed: {', '.join(report.failed_checks)}",
            "do what stands beside each failed check",
        )
    if release and evidence.pack is not None and not as_json:
        say_next(context, "promote", "--pack", evidence.pack.name, "--evidence", folder)


def _started_at(run_dir: Path) -> datetime:
    from aivj.contracts.json_text import parse_time
    from aivj.contracts.run_folder import META_NAME
    from aivj.contracts.run_meta import read_run_meta

    return parse_time(read_run_meta(run_dir / META_NAME).started_at)


def print_gate(report: "VerifyCheckReport") -> None:
    """Prints the table of checks, each with its verdict, and the verdict of all."""
    table = plain_table()
    table.add_column("verdict", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("check", no_wrap=True)
    table.add_column("found")
    for name, result in report.checks.items():
        verdict = Text(result.verdict, STYLES[result.verdict])
        table.add_row(
            verdict,
            "required" if result.required else "told",
            name,
            told(result.found, result.expected, result.remedy),
        )
    out.print(table, soft_wrap=False)
    out.print(Text(f"{report.verdict} for {report.mode}: {report.evidence}"))
