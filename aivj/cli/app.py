"""Puts the verbs together and turns errors into messages and exit codes."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from aivj.cli import (
    accept,
    audit,
    bench_labels,
    check_run,
    cleanup,
    cluster,
    compare,
    demo,
    diversity,
    doctor,
    elite,
    embed,
    evaluate,
    frames,
    head,
    jobs,
    library,
    loop,
    lora,
    lora_dataset,
    milk2,
    monitor,
    morning,
    night,
    pack,
    packs,
    pairs,
    plan,
    pool,
    prefer,
    preset_features,
    promote,
    releases,
    report,
    rollback,
    run_manifest,
    run_summary,
    runs,
    sample,
    schema,
    score,
    stage,
    stats,
    status,
    style_index,
    styles,
    submit,
    sweep,
    sync,
    takes,
    tracking,
    train,
    ui,
    verify,
    verify_check,
)
from aivj.cli.console import err, out, print_error
from aivj.cli.refusals import refusal_of
from aivj.cli.temporary_files import temporary_files
from aivj.cli.verb import Verb, Verbs, require_path
from aivj.errors import AivjError

EPILOG = (
    "Exit codes: 0 done, 2 unknown option, 3 input that cannot be used, 4 something is not "
    "installed, 5 renderer refused, 6 no CUDA, 7 gate not passed, 8 disk or bucket, 9 a run that "
    "cannot go on, 130 interrupted, 143 ended by SIGTERM. Example: aivj demo"
)

app = typer.Typer(
    name="aivj",
    cls=Verbs,
    help="Renders MilkDrop presets, measures them, learns which pairs are good, and proves it.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def _print_version(asked: bool) -> None:
    if asked:
        from aivj.cli.version import version_line

        out.print(version_line())
        raise typer.Exit


@app.callback()
def shared(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            help="Folder, or s3://bucket/prefix, of all AIVJ writes. Default: AIVJ_HOME, var.",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print version, commit of the checkout and Python's version.",
        ),
    ] = False,
) -> None:
    """Reads the configuration that every verb shares."""
    from aivj.settings import Settings, unknown_variables

    for name, meant in unknown_variables(os.environ):
        hint = "" if meant is None else f"; {meant}?"
        err.print(f"[yellow]note[/] {name} is set and means nothing to aivj{hint}")
    context.obj = Settings() if home is None else Settings(home=home)
    require_path(context.obj.home)


_GROUPS: Mapping[str, Sequence[Callable[..., None] | typer.Typer]] = {
    "Begin and look around": (
        demo.demo,
        doctor.doctor,
        plan.plan,
        packs.packs,
        runs.runs,
        monitor.monitor,
        status.status,
        cleanup.cleanup,
        stage.serve,
    ),
    "Know a library": (audit.app, library.library),
    "Make packs": (
        pack.pack,
        pairs.pairs,
        pool.app,
        sync.sync,
        milk2.app,
        diversity.diversity,
    ),
    "Render and measure": (
        sample.sample,
        check_run.check_run,
        run_summary.run_summary,
        report.report,
        preset_features.preset_features,
        takes.app,
    ),
    "Picture and embed": (
        frames.frames,
        frames.check_frames,
        frames.review_frames,
        embed.embed,
        head.head,
        lora.lora,
        lora_dataset.lora_dataset,
        run_manifest.run_manifest,
    ),
    "Find styles": (
        styles.app,
        cluster.cluster,
        style_index.style_index,
        style_index.style_policy,
        style_index.check_style_index,
    ),
    "Learn": (
        prefer.prefer,
        elite.elite,
        evaluate.evaluate,
        sweep.sweep,
        train.train,
        score.score,
    ),
    "Judge": (verify.verify, verify_check.verify_check, accept.accept, compare.compare, stats.app),
    "Release": (promote.promote, releases.releases, rollback.rollback, ui.ui, tracking.app),
    "All of it in order": (loop.loop, night.night, morning.morning),
    "On a cluster": (submit.submit, jobs.app),
    "For programs and benchmarks": (schema.schema, bench_labels.bench_labels),
}
_OF_VERBS: Mapping[Callable[..., None], type[Verb]] = {
    loop.loop: loop.LoopVerb,
    night.night: night.NightVerb,
    demo.demo: demo.DemoVerb,
}
# What is left over is judged by the verb: it knows the options of the sampler that it replaces.
_TAKES_MORE = {"ignore_unknown_options": True, "allow_extra_args": True}

for _group, _verbs in _GROUPS.items():
    for _verb in _verbs:
        if isinstance(_verb, typer.Typer):
            app.add_typer(_verb, rich_help_panel=_group)
        else:
            settings = _TAKES_MORE if _verb is sample.sample else None
            kind = _OF_VERBS.get(_verb, Verb)
            app.command(cls=kind, rich_help_panel=_group, context_settings=settings)(_verb)

# Typer lists verbs of verbs behind all others.
Verbs.panels = tuple(_GROUPS)


def main() -> None:
    """Runs the command line; ends the process with the documented exit code."""
    with temporary_files():
        try:
            app()
        except (AivjError, ValueError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            print_error(refusal)
            sys.exit(refusal.exit_code)
