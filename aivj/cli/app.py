"""Puts the verbs together and turns errors into messages and exit codes."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from aivj.cli import (
    accept,
    bench_labels,
    check_run,
    compare,
    demo,
    doctor,
    evaluate,
    pack,
    prefer,
    preset_features,
    promote,
    releases,
    rollback,
    sample,
    schema,
    score,
    stage,
    stats,
    sweep,
    tracking,
    train,
    verify,
    verify_check,
)
from aivj.cli.console import err, print_error
from aivj.errors import AivjError
from aivj.settings import Settings

EPILOG = (
    "Exit codes: 0 done, 2 unknown option, 3 input that cannot be used, 4 something is not "
    "installed, 5 renderer refused, 6 no CUDA, 7 gate not passed, 8 disk or bucket, 9 a run that "
    "cannot go on, 130 interrupted, 143 ended by SIGTERM. Example: aivj demo"
)

app = typer.Typer(
    name="aivj",
    help="Renders MilkDrop presets, measures them, learns which pairs are good, and proves it.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def shared(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Folder for everything AIVJ writes. Default: AIVJ_HOME, var."),
    ] = None,
) -> None:
    """Reads the configuration that every verb shares."""
    context.obj = Settings() if home is None else Settings(home=home)


for verb in (
    demo.demo,
    doctor.doctor,
    pack.pack,
    check_run.check_run,
    prefer.prefer,
    preset_features.preset_features,
    train.train,
    evaluate.evaluate,
    sweep.sweep,
    score.score,
    verify.verify,
    verify_check.verify_check,
    accept.accept,
    compare.compare,
    promote.promote,
    rollback.rollback,
    releases.releases,
    bench_labels.bench_labels,
    schema.schema,
    stage.serve,
):
    app.command()(verb)
# What is left over is judged by the verb: it knows the options of the sampler that it replaces.
app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(
    sample.sample
)
app.add_typer(stats.app, name="stats")
app.add_typer(tracking.app, name="mlflow")


def main() -> None:
    """Runs the command line; ends the process with the documented exit code."""
    try:
        app()
    except AivjError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("interrupted; run the same command again with --resume to go on")
        sys.exit(130)
