"""`aivj evaluate`: the net and its baselines on families that none of them saw."""

from typing import TYPE_CHECKING

import typer

from aivj.cli.console import bar, out, say
from aivj.cli.model_options import From, takes
from aivj.cli.next_steps import say_next
from aivj.cli.options import TrackingOption
from aivj.cli.tracking import open_tracker, run_name, tell_waiting

if TYPE_CHECKING:
    from aivj.pipeline.evaluating import EvaluateOutcome
    from aivj.pipeline.requests import EvaluateRequest, LabelRequest


@takes(
    request=From(
        "aivj.pipeline.requests:EvaluateRequest",
        without=("encoder_width", "hidden_width", "preference_weight", "held_out_share"),
        defaults={"output_dir": lambda settings, _: settings.coupling_dir / "evaluation"},
    )
)
def evaluate(
    context: typer.Context, request: "EvaluateRequest", tracking_uri: TrackingOption = None
) -> None:
    """Judge the net beside a constant, what is measured, logistic regression and boosted trees.

    Families are held out whole, so that no remix leaks; the net says so if it does not beat trees.
    Example: aivj evaluate --pack mine --extra-eval-jsonl RUN/eval.jsonl --elite-dir ELITE
    """
    say("loading torch and MLflow")
    from aivj.coupling.device import choose_device
    from aivj.pipeline.evaluating import evaluate as run_evaluate

    packs = request.labels.packs
    # Before the server is asked for anything: a refusal takes a moment and leaves nothing.
    choose_device(allow_cpu=request.allow_cpu)
    tracker = open_tracker(context.obj, tracking_uri, "evaluate")
    name = run_name("evaluate", packs, f"{request.num_folds} folds {request.num_seeds} seeds")
    with (
        tracker.start(name, params={}, tags={"packs": ",".join(packs)}) as run,
        bar("fits") as progress,
    ):
        outcome = run_evaluate(request, run, progress.update, say)
    _print_outcome(outcome)
    tell_waiting(tracker)
    cpu = ["--allow-cpu"] if request.allow_cpu else []
    say_next(context, "train", *_label_words(request.labels), *cpu)


def _label_words(labels: "LabelRequest") -> list[str]:
    """Returns the options that name these labels again."""
    named = {
        "--pack": labels.packs,
        "--extra-eval-jsonl": labels.eval_paths,
        "--elite-dir": [] if labels.elite_dir is None else [labels.elite_dir],
        "--preferences": labels.preference_paths,
        "--preset-features": [] if labels.preset_features is None else [labels.preset_features],
    }
    words = [word for name, values in named.items() for v in values for word in (name, str(v))]
    return [*words, "--mix-renderers"] if labels.mix_renderers else words


def _print_outcome(outcome: "EvaluateOutcome") -> None:
    from rich.table import Table

    from aivj.report.evaluation import TITLES

    for line in outcome.table.verdicts:
        out.print(line)
    table = Table("model", *(title for title, _, _ in TITLES.values()))
    for model, figures in outcome.table.models.items():
        table.add_row(model, *(str(figures[metric]) for metric in TITLES))
    out.print(table)
    out.print(f"{outcome.page_path}")
