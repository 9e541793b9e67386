"""`aivj run-summary`: a run's figures, and whether anything can be learned of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from aivj.cli.console import out, say
from aivj.cli.results import JsonOption, plain_table, print_json

if TYPE_CHECKING:
    from aivj.pipeline.run_summaries import Summarized

_ALL_BAD = 0.95


def run_summary(
    run_dir: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="Folder of the run, the --out-dir of its sampling."),
    ],
    stamp: Annotated[
        str | None, typer.Option("--stamp", help="What it is called. Default: its folder's name.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="The net that was fitted to its rows.")
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option("--evidence", help="Folder that `aivj verify` wrote; repeatable."),
    ] = None,
    min_ok_rate: Annotated[
        float,
        typer.Option(
            "--min-ok-rate", min=0, max=1, help="Least share of pairs that are lit and move."
        ),
    ] = 0.1,
    as_json: JsonOption = False,
) -> None:
    """Write a run's figures into run-summary.json, and judge whether it is worth training on.

    Ends with 7 if too few of its pairs are lit and move, with 9 if none was measured.

    Example: aivj run-summary var/artifacts/coupled-eval/overnight-2026-03-01_010000

    With its verdict: aivj run-summary RUN --evidence var/verify/mine
    """
    from aivj.pipeline.run_summaries import require_worth_training, summarize_run

    found = summarize_run(
        run_dir, stamp=stamp or run_dir.name, checkpoint=checkpoint, evidence=evidence or ()
    )
    if as_json:
        print_json(found.summary)
    else:
        _print(found)
    require_worth_training(found.summary, min_ok_rate)


def _print(found: "Summarized") -> None:
    table = plain_table()
    table.add_column("pack", no_wrap=True)
    for name in ("measured", "ok", "too dark", "low motion"):
        table.add_column(name, justify="right", no_wrap=True)
    for pack, outputs in found.of_pack.items():
        table.add_row(
            Text(pack),
            str(outputs.total_samples),
            f"{outputs.ok_rate:.1%}",
            f"{outputs.too_dark_pct:.1%}",
            f"{outputs.low_motion_pct:.1%}",
        )
    out.print(table, soft_wrap=False)
    for pack, outputs in found.of_pack.items():
        if outputs.total_samples and max(outputs.too_dark_pct, outputs.low_motion_pct) >= _ALL_BAD:
            say(f"note: nearly all pairs of {pack} are dark or still: the data, not the sampler")
    gate = found.summary.gate
    if gate is not None:
        told = "passed" if gate.passed else "NOT passed"
        out.print(Text(f"gate {told}: ok {gate.ok_rate:.1%}, verified {gate.verify_ok}"))
