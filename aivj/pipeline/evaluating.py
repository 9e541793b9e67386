"""Evaluation: net and baselines on families that none of them saw, as a table and a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.evaluation import EVALUATION_NAME, EvaluationTable
from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.coupling.baselines import TARGET
from aivj.coupling.cross_validation import (
    METRICS,
    TREES,
    Comparison,
    Evaluation,
    cross_validate,
)
from aivj.coupling.device import choose_device
from aivj.coupling.training_set import Source, TrainingSet
from aivj.errors import InputError
from aivj.pipeline.labels import read_told, record_labels
from aivj.pipeline.requests import EvaluateRequest
from aivj.release.tracking import TrackedRun
from aivj.report.evaluation import write_evaluation_page
from aivj.storage import write_atomic

PAGE_NAME = "evaluation.html"


@dataclass(frozen=True)
class EvaluateOutcome:
    """A finished evaluation.

    Attributes:
        table: The figures, and what may be said of the net.
        notes: What was left out or reduced while the training set was built.
        table_path: The figures as JSON.
        page_path: The figures as a page.
    """

    table: EvaluationTable
    notes: tuple[str, ...]
    table_path: Path
    page_path: Path


def evaluate(
    request: EvaluateRequest,
    run: TrackedRun,
    on_fit: Callable[[int, int], None],
    say: Callable[[str], None] = lambda _: None,
) -> EvaluateOutcome:
    """Cross-validates net and baselines, and records the figures in `run`.

    Args:
        request: What the net is judged by.
        run: Where it is recorded.
        on_fit: Told how many of how many fits are done.
        say: Told what is being done, and what was left out of the labels.

    Raises:
        DeviceRefusedError: No CUDA device and the CPU is not allowed.
        InputError: Labels cannot be used, there are fewer families than folds, or a fold leaves
            nothing to train on.
    """
    device = choose_device(allow_cpu=request.allow_cpu)
    training_set = read_told(request.labels, request.config, say)
    num_families = len(set(training_set.preset_families.tolist()))
    if request.num_folds > num_families:
        raise InputError(
            f"as many families of presets as --folds, {request.num_folds}",
            f"{num_families}",
            f"say --folds {max(2, min(3, num_families))}, or give labels of more presets",
        )
    say(f"fitting {request.num_folds} folds {request.num_seeds} times")
    evaluation = cross_validate(
        training_set,
        request.config,
        device=device.device,
        num_folds=request.num_folds,
        num_seeds=request.num_seeds,
        on_fit=on_fit,
    )
    table = _table(evaluation, training_set)
    record_labels(run, request.labels, training_set)
    run.log_params({**request.config.model_dump(), "device": device.reason})
    run.log_metrics(0, _as_metrics(evaluation))
    table_path = request.output_dir / EVALUATION_NAME
    write_atomic(table_path, document_bytes(table))
    page_path = request.output_dir / PAGE_NAME
    write_evaluation_page(
        page_path, table, facts=_facts(evaluation, training_set), notes=training_set.notes
    )
    for path in (table_path, page_path):
        run.log_artifact(path, "evaluation")
    return EvaluateOutcome(table, training_set.notes, table_path, page_path)


def _verdicts(evaluation: Evaluation) -> list[str]:
    """Says how the net stands to a constant; to trees and the target too, if enough was judged."""
    judgement = evaluation.judgement
    rivals = (TREES, TARGET) if judgement.is_enough else ()
    against = [_against(rival, row) for rival in rivals for row in evaluation.against(rival)]
    return [judgement.sentence, *against]


def _against(rival: str, row: Comparison) -> str:
    relation = "than" if row.verdict in {"better", "worse"} else "from"
    error = (
        "no standard error: the seeds did not differ"
        if row.standard_error is None
        else f"standard error {row.standard_error:.3f}"
    )
    return f"{row.metric}: net {row.verdict} {relation} {rival} ({row.difference:+.3f}, {error})"


def _as_metrics(evaluation: Evaluation) -> dict[str, float]:
    means = {
        f"{model.replace(' ', '_')}_{metric}": evaluation.figure(model, metric).mean
        for model in evaluation.per_seed
        for metric in METRICS
    }
    return {name: value for name, value in means.items() if value is not None}


def _table(evaluation: Evaluation, training_set: TrainingSet) -> EvaluationTable:
    return EvaluationTable(
        generated_at=iso_utc(datetime.now(UTC)),
        dataset_digest=training_set.dataset_digest(),
        feature_spec=training_set.feature_spec,
        num_folds=evaluation.num_folds,
        num_seeds=evaluation.num_seeds,
        num_held_out=evaluation.num_labelled,
        num_families=evaluation.num_families,
        models={
            model: {metric: evaluation.figure(model, metric) for metric in METRICS}
            for model in evaluation.per_seed
        },
        verdicts=_verdicts(evaluation),
    )


def _facts(evaluation: Evaluation, training_set: TrainingSet) -> list[tuple[str, str]]:
    names = {Source.ELITE: "elite", Source.EVAL: "measured", Source.NEGATIVE: "negatives"}
    rows = [(name, training_set.num_rows(source)) for source, name in names.items()]
    counts = [
        *rows,
        ("comparisons", len(training_set.comparisons)),
        ("presets", len(training_set.preset_hashes)),
        ("families", len(set(training_set.preset_families.tolist()))),
        ("folds", evaluation.num_folds),
        ("seeds", evaluation.num_seeds),
        ("judged pairs", evaluation.num_labelled),
        ("judged families", evaluation.num_families),
    ]
    return [(label, f"{count:,}") for label, count in counts]
