"""`aivj night`: from packs to a release while nobody watches, each stage a verb."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from aivj.cli.console import copied_to, err, out, say, working
from aivj.cli.line import Given, Line, SetOption, Stage, typed_options
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import IN_LOOP, say_next
from aivj.cli.night_run import NightRun
from aivj.cli.night_stages import stages_of
from aivj.cli.options import (
    BucketOption,
    GpuOrAuto,
    TrackingOption,
    num_workers_or_default,
)
from aivj.cli.original_parameters import translated
from aivj.cli.places import here
from aivj.cli.proved import proved_before, say_proved, settled
from aivj.cli.results import plain_table
from aivj.cli.stopping import goes_on_with
from aivj.cli.tracking import typed_command
from aivj.cli.verb import Verb
from aivj.errors import AivjError

if TYPE_CHECKING:
    from aivj.contracts.monitor_status import Alert
    from aivj.doctor import Finding
    from aivj.pipeline.night import NightFiles, NightRequest
    from aivj.pipeline.pool_examination import Actors
    from aivj.settings import Settings

_HANDED_ON = (
    *("gpu", "seed", "takes_uri", "ray_address", "allow_cpu", "tracking_uri", "bucket"),
    *("num_workers", "audio"),
)


# What of a demo draws, by section.
_DRAWING = frozenset({"pairs", "pack", "sample", "verify"})


class NightVerb(Verb):
    """A verb of verbs that also understands the parameters of the runtime's own script."""

    is_of_verbs = True
    sections = (
        *("frames", "check-frames", "embed", "cluster", "style-policy"),
        *("sync", "pairs", "pack", "elite", "sample", "check-run", "run-summary", "train", "sweep"),
        *("score", "verify", "compare", "promote", "report"),
    )

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the command line."""
        rest: list[str] = super().parse_args(ctx, translated(args))
        return rest


@takes(request=From("aivj.pipeline.night:NightRequest"))
def night(
    context: typer.Context,
    request: "NightRequest",
    gpu: Annotated[
        GpuOrAuto | None,
        typer.Option(
            "--gpu",
            envvar="AIVJ_GPU",
            help="require: refuse software renderers. software: refuse GPUs. auto, of the demo "
            "alone: a GPU where one is proved, else software, said aloud.",
        ),
    ] = None,
    bucket: BucketOption = None,  # noqa: ARG001 - handed on
    tracking_uri: TrackingOption = None,  # noqa: ARG001 - handed on
    said: SetOption = None,
    notify: Annotated[
        list[str] | None,
        typer.Option(
            "--notify",
            envvar="AIVJ_NOTIFY",
            metavar="URL",
            help="Tell start, end and failures: a webhook, Slack's, ntfy's, any of Apprise.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Of the demo: measure again what it measured before.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be done, and do nothing.")
    ] = False,
) -> None:
    """Work through a night: measure, judge, train, score, verify, compare, promote.

    Each stage is a verb of that name. The machine is examined first. A stage that fails stops what
    needs it and nothing else; what has ended is not done again. Parameters of the runtime's own
    overnight script are understood under their names. Ends with the code of the first failure.

    Example: aivj night --pack mine --audio ~/music --promote

    What it would do: aivj night --pack mine --dry-run

    Styles instead of pairs: aivj night --pack mine --kind styles

    From nothing, in minutes: aivj night --pack new --presets ~/milkdrop --profile smoke --allow-cpu

    After a crash: aivj night --pack mine --resume
    """
    from aivj.pipeline.notices import Notifier

    is_demo = request.profile == "demo"
    if not request.packs:
        context.fail("Missing option '--pack'.")
    if is_demo:
        gpu = settled(context, gpu, dry_run=dry_run)
    plan = _planned(context, request, gpu, said or (), fresh=fresh)
    notifier = Notifier(notify or ())
    if dry_run:
        _print_plan(plan)
        _print_forecast(plan, gpu or "require")
        return
    if not is_demo:
        goes_on_with(context, "--run-stamp", plan.files.stamp)
    context.meta[IN_LOOP] = True
    failed = _worked_through(context, plan, gpu or "require", notifier)
    context.meta[IN_LOOP] = False
    if is_demo and failed is None:
        say_next(context, "serve", "--pack", request.packs[0])
    elif is_demo:
        say_next(context, "demo", "--fresh", why="begins anew; without it, it goes on")
    else:
        stamp = plan.files.stamp
        say_next(context, "morning", "--run-stamp", stamp, why="the evidence, a verdict a line")
    if failed is not None:
        raise typer.Exit(failed)


@dataclass(frozen=True)
class _Plan:
    """What a night is going to do.

    Attributes:
        request: What it is asked for.
        files: Where everything lies.
        stages: All of its stages, in order.
        lines: Those that are asked for, with all that they are given.
    """

    request: "NightRequest"
    files: "NightFiles"
    stages: Sequence[Stage]
    lines: Sequence[Line]


def _planned(
    context: typer.Context,
    request: "NightRequest",
    gpu: GpuOrAuto | None,
    said: Sequence[str],
    *,
    fresh: bool,
) -> _Plan:
    """Puts every verb of a night together; so all their options are looked at before one runs."""
    from aivj.pipeline.demo_night import demo_stamp, without_equal_ratings
    from aivj.pipeline.night import NightFiles, choose_stamp

    settings: Settings = context.obj
    home = settings.home_uri or str(settings.home)
    now, is_demo = datetime.now().astimezone(), request.profile == "demo"
    if is_demo and request.run_stamp is None and not request.resume:
        stamp = demo_stamp(request, str(gpu), now if fresh else None)
    else:
        stamp = choose_stamp(request, home, now)
    request = without_equal_ratings(request, say)
    files = NightFiles(home, stamp, tuple(request.packs), is_apart=is_demo)
    stages, left_out = stages_of(request, files, str(settings.packs_root))
    typed = typed_options(said, stages)
    if is_demo:
        typed |= {name: {"gpu": gpu, **typed[name]} for name in _DRAWING & typed.keys()}
    given = Given(typed, _HANDED_ON, request.of_verbs)
    lines = [Line.of(context, each, given) for each in stages if each.name not in left_out]
    return _Plan(request, files, stages, lines)


def _worked_through(
    context: typer.Context, plan: _Plan, gpu: GpuOrAuto, notifier: Any
) -> int | None:
    """Examines the machine and runs the stages; returns the exit code of the first failure."""
    from aivj.pipeline.alerting import alerts_told
    from aivj.pipeline.night import night_locked

    settings: Settings = context.obj
    files, stamp = plan.files, plan.files.stamp
    with night_locked(here(settings, files.folder)), copied_to(here(settings, files.log)):
        say(f"night {stamp}: {files.folder}")
        run = NightRun(
            files,
            plan.request,
            plan.stages,
            plan.lines,
            command=typed_command(),
            bucket_uri=context.params["bucket"] or settings.bucket_uri,
        )
        try:
            _examine(context, plan, gpu)
        except AivjError as error:
            run.refuse(error)
            why = f"{error.found}; {error.remedy}"
            _tell(notifier, f"Night {stamp} was refused", why, "failure")
            raise
        _tell(notifier, f"Night {stamp} began", ", ".join(plan.request.packs), "info")
        with alerts_told(settings.home, here(settings, files.run), partial(_tell_alert, notifier)):
            failed = run.work(lambda stage, why: _tell(notifier, f"{stage} failed", why, "failure"))
        _print_end(run)
        title = f"Night {stamp} " + ("failed" if failed else "passed")
        _tell(notifier, title, run.told(), "failure" if failed else "success")
    return failed


def _examine(context: typer.Context, plan: _Plan, gpu: GpuOrAuto) -> None:
    """Refuses a night that would be wasted. Raises as `examine_night`."""
    with working("looking at this machine, and at all that the night will use"):
        from aivj.pipeline.night_examination import Asked, examine_night

        told: list[Finding] = []
        num_workers = _num_workers(plan.request, gpu)
        asked = Asked(
            gpu=gpu,
            num_workers=num_workers,
            bucket_uri=context.params["bucket"],
            tracking_uri=context.params["tracking_uri"],
            stages=frozenset(line.stage.name for line in plan.lines),
            actors=_actors(plan.request, plan.lines, num_workers),
            is_proved=proved_before(context, gpu) is not None,
        )
        try:
            choice = examine_night(plan.request, context.obj, asked, told.append)
        finally:
            for finding in told:
                say(f"note: {finding.name}: {finding.found}; {finding.remedy}")
        if choice is not None:
            say_proved(context, choice)


def _num_workers(request: "NightRequest", gpu: GpuOrAuto) -> int:
    """Returns how many browsers run at a time; of a GPU as many as its verbs start there."""
    return num_workers_or_default(request.num_workers, is_software=gpu == "software")


def _actors(request: "NightRequest", lines: Sequence[Line], num_workers: int) -> "Actors | None":
    """Returns what browsers ask of the cluster that the night joins; None if none do."""
    from aivj.pipeline.pool_examination import Actors

    given = [line.context.params for line in lines if "actor_cpus" in line.context.params]
    if request.ray_address is None or not given:
        return None
    cpus, gpus, browser_slots = (
        max(params[name] for params in given)
        for name in ("actor_cpus", "actor_gpus", "browser_slots")
    )
    return Actors(num_workers, cpus, gpus, browser_slots)


def _tell_alert(notifier: Any, alert: "Alert") -> None:
    say(f"note: {alert.kind}: {alert.message}")
    _tell(notifier, alert.kind, alert.message, "failure" if alert.level == "error" else "warning")


def _tell(notifier: Any, title: str, body: str, tone: Any) -> None:
    for host in notifier.tell(title, body, tone):
        say(f"note: {host} did not take the message that the night told it")


def _print_plan(plan: _Plan) -> None:
    from aivj.pipeline.stages import EndedStages

    ended, line_of = EndedStages(plan.files.folder), {id(line.stage): line for line in plan.lines}
    for number, stage in enumerate(plan.stages, start=1):
        line = line_of.get(id(stage))
        state = "to do"
        if line is None:
            state = "left out"
        elif stage.left and ended.has_ended(stage.title, line.digest(), stage.left):
            state = "done before"
        out.print(Text.assemble((f"{number:>2} {stage.title:<20} ", "bold"), state))
        words = shlex.join(["aivj", *stage.verb, *stage.words])
        out.print(Text(f"   {words}", "dim"))


def _print_forecast(plan: _Plan, gpu: GpuOrAuto) -> None:
    from aivj.pipeline.night_forecast import forecast

    manifests = [plan.files.manifest(pack) for pack in plan.request.packs]
    for told in forecast(manifests, num_workers=_num_workers(plan.request, gpu)):
        out.print(Text(told))


def _print_end(run: NightRun) -> None:
    table = plain_table()
    for name in ("stage", "state", "took", "found"):
        table.add_column(name, no_wrap=name != "found")
    styles = {"done": "green", "done before": "green", "failed": "bold red", "stopped": "yellow"}
    for stage in run.record.stages:
        title = stage.name if stage.pack is None else f"{stage.name} {stage.pack}"
        took = "" if stage.took_s is None else f"{stage.took_s:.0f} s"
        found = "" if stage.problem is None else stage.problem.found
        table.add_row(title, Text(stage.state, styles.get(stage.state, "dim")), took, Text(found))
    err.print(table, soft_wrap=False)
