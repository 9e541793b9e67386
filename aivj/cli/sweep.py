"""`aivj sweep`: which weights and sizes serve best."""

import os
from typing import TYPE_CHECKING

import typer

from aivj.cli.console import bar, out, say
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import gpu_option, say_next
from aivj.cli.options import TrackingOption
from aivj.cli.studio import takes_uri
from aivj.cli.tracking import open_tracker, run_name, tell_waiting

if TYPE_CHECKING:
    from aivj.pipeline.requests import SweepRequest
    from aivj.settings import Settings

_SWEPT = ("learning_rate", "weight_decay", "dropout", "encoder_width", "hidden_width")
_SWEPT_WEIGHTS = ("extra_eval_weight", "neg_weight", "preference_weight")
_FIXED = ("epochs", "early_stopping", "held_out_share")


@takes(
    request=From(
        "aivj.pipeline.requests:SweepRequest",
        without=(*_SWEPT, *_SWEPT_WEIGHTS, *_FIXED),
        defaults={
            "output_dir": lambda settings, _: settings.coupling_dir / "sweep",
            "takes_uri": takes_uri,
            "max_concurrent": lambda *_: os.cpu_count() or 1,
            "batch_size": 128,
            "neg_samples": 5000,
            "early_stopping": False,
        },
    )
)
def sweep(
    context: typer.Context, request: "SweepRequest", tracking_uri: TrackingOption = None
) -> None:
    """Search weights and sizes on Ray Tune; the winner's scores become candidates.

    Judged by held-out labels of people and measurements, which no swept weight can flatter.
    Example: aivj sweep --pack mine --extra-eval-jsonl RUN/eval.jsonl --elite-dir ELITE
    """
    say("loading torch and MLflow")
    from aivj.coupling.device import choose_device
    from aivj.pipeline.sweeping import crown
    from aivj.pipeline.sweeping import sweep as run_sweep

    settings: Settings = context.obj
    packs, plan = request.labels.packs, request.plan
    # Before the server is asked for anything: a refusal takes a moment and leaves nothing.
    choose_device(allow_cpu=request.allow_cpu)
    tracker = open_tracker(settings, tracking_uri, "sweep")
    name = run_name("sweep", packs, f"{plan.num_configs} configurations {plan.num_seeds} seeds")
    with tracker.start(name, params={}, tags={"packs": ",".join(packs)}) as run:
        with bar("trials") as progress:
            outcome = run_sweep(request, tracker, run, progress.update, say)
        winner = outcome.winner
        out.print(f"best of {len(outcome.results)}: {winner.objective:.3f} ± {winner.spread:.3f}")
        crowned = (
            "scores, of no version while the server is away" if tracker.is_away else "candidate"
        )
        for path in crown(request, winner, tracker, run, say):
            out.print(f"{crowned}: {path}")
    out.print(f"{outcome.page_path}  (MLflow run {run.run_id})")
    tell_waiting(tracker)
    evidence = settings.home / "verify" / packs[0]
    say_next(context, "verify", "--pack", packs[0], *gpu_option(), "--out-dir", evidence)
