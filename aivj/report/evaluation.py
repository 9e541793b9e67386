"""The page on an evaluation: net and baselines in a table, a chart for each figure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.evaluation import NET, EvaluationTable
from aivj.report.dots import DotRow, dot_chart
from aivj.report.plot import Chart
from aivj.report.study import StudyPage, TableRow, write_study

TITLES: dict[str, tuple[str, str, float]] = {
    "elite_auc": ("Elite AUC", "good elite pairs above bad ones; 0.5 is chance", 0.5),
    "elite_accuracy": ("Elite order", "the higher-rated of two elite pairs comes first", 0.5),
    "eval_spearman": (
        "Measured order",
        "rank correlation with untold targets",
        0.0,
    ),
    "preference_accuracy": ("Preferences", "the pair that people liked better comes first", 0.5),
    "negatives_auc": ("Negatives AUC", "good pairs above synthetic negatives", 0.5),
    "calibration_error": ("Calibration", "distance of scores and targets; 0 is best", 0.0),
    "held_out_loss": ("Cross-entropy", "of labelled pairs; less is better", 0.6),
    "target_spearman": ("Kept target", "rank correlation with the target that is told", 0.0),
    "score_std": ("Spread", "standard deviation of all scores; 0 ranks nothing", 0.0),
}
"""What a reader is told of each figure: a short name, how to read it, what a chart must reach."""


def write_evaluation_page(
    path: Path, table: EvaluationTable, *, facts: Sequence[tuple[str, str]], notes: Sequence[str]
) -> None:
    """Writes the page, whole or not at all.

    Args:
        path: Where.
        table: The figures.
        facts: What was learned from and judged by: labels and values.
        notes: What a reader should know of the data.

    Raises:
        StorageError: The disk did not take it.
    """
    known = table.models[NET]
    metrics = [name for name in TITLES if known[name].mean is not None]
    page = StudyPage(
        title="How good is the coupling net?",
        generated_at=datetime.now(UTC),
        facts=facts,
        conclusions=table.verdicts,
        notes=notes,
        columns=[TITLES[metric][0] for metric in metrics],
        rows=[
            TableRow(
                label=model,
                cells=[str(figures[metric]) for metric in metrics],
                is_ours=model == NET,
            )
            for model, figures in table.models.items()
        ],
        charts=[_chart(table, metric) for metric in metrics],
    )
    write_study(path, page)


def _chart(table: EvaluationTable, metric: str) -> Chart:
    title, note, chance = TITLES[metric]
    rows = [
        DotRow(model, figure.mean, figure.std or 0.0, is_ours=model == NET)
        for model, figures in table.models.items()
        for figure in (figures[metric],)
        if figure.mean is not None
    ]
    return Chart(title, dot_chart(rows, name=title, include=chance), (), note)
