"""What a fit reports of itself after each epoch."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.storage import write_atomic

HISTORY_NAME = "training_history.json"


@dataclass(frozen=True)
class EpochMetrics:
    """Figures after one epoch; None where there are too few rows to say.

    Attributes:
        epoch: Counted from 1.
        train_loss: Mean weighted loss of the steps of this epoch.
        held_out_loss: Mean weighted loss of held-out rows, each counted once; steps draw sources
            by share, so it is not to be held against `train_loss`.
        elite_auc: Held-out positive elite pairs against negative ones.
        eval_spearman: Rank correlation of scores and measured targets, held out.
        negatives_auc: Held-out labelled pairs of target 0.5 and more against held-out negatives.
        score_std: Deviation of the scores of all labelled pairs, trained on or not: what the
            gate on a pack's scores will look at.
    """

    epoch: int
    train_loss: float
    held_out_loss: float | None
    elite_auc: float | None
    eval_spearman: float | None
    negatives_auc: float | None
    score_std: float | None


def write_history(output_dir: Path, history: Sequence[EpochMetrics]) -> Path:
    """Writes `training_history.json` into `output_dir` and returns its path.

    Raises:
        StorageError: It could not be written.
    """
    path = output_dir / HISTORY_NAME
    document = {"version": "v1", "epochs": [asdict(metrics) for metrics in history]}
    write_atomic(path, (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())
    return path
