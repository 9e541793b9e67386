"""`aivj train`: the coupling net, fitted to elite lists, runs and preferences."""

from typing import TYPE_CHECKING

import typer

from aivj.cli.audited import say_if_unaudited
from aivj.cli.console import bar, err, out, say
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import TrackingOption
from aivj.cli.tracking import open_tracker, run_name, tell_waiting
from aivj.cli.verb import was_given

if TYPE_CHECKING:
    from aivj.pipeline.requests import TrainRequest
    from aivj.pipeline.training import TrainOutcome


@takes(
    request=From(
        "aivj.pipeline.requests:TrainRequest",
        defaults={
            "output_dir": lambda settings, _: settings.coupling_dir,
            "num_workers": lambda _, given: int(given["ray_address"] is not None),
        },
    )
)
def train(
    context: typer.Context, request: "TrainRequest", tracking_uri: TrackingOption = None
) -> None:
    """Fit the coupling net and record the fit in MLflow.

    Example: aivj train --pack mine --extra-eval-jsonl var/artifacts/coupled-eval/X/eval.jsonl
    """
    say("loading torch and MLflow")
    from aivj.coupling.device import choose_device
    from aivj.pipeline.training import train as run_train

    packs, config = request.labels.packs, request.config
    # Before the server is asked for anything: a refusal takes a moment and leaves nothing.
    choose_device(allow_cpu=request.allow_cpu)
    say_if_unaudited(context, (request.labels.packs_root / "presets" / pack for pack in packs))
    tracker = open_tracker(context.obj, tracking_uri, "train")
    weights = f"neg {config.neg_weight:g} eval {config.extra_eval_weight:g} seed {config.seed}"
    name = run_name("train", packs, weights)
    with tracker.start(name, params={}, tags={"packs": ",".join(packs)}) as run:
        with bar("training") as progress:
            outcome = run_train(
                request, run, lambda now: progress.update(now.epoch, config.epochs), say
            )
        out.print(f"{outcome.checkpoint_path}  (MLflow run {run.run_id})")
    _print_outcome(outcome)
    tell_waiting(tracker)
    given = was_given(context, "output_dir")
    chosen = ("--checkpoint", outcome.checkpoint_path) if given else ()
    say_next(context, "score", "--pack", ",".join(packs), *chosen)


def _print_outcome(outcome: "TrainOutcome") -> None:
    err.print(outcome.device)
    for line in outcome.against_trees:
        err.print(line)
