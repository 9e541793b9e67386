"""What a fit reports of itself after each epoch."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.contracts.fit_folder import HISTORY_NAME
from aivj.coupling.held_out import HeldOutMetrics
from aivj.storage import write_atomic


@dataclass(frozen=True)
class EpochMetrics(HeldOutMetrics):
    """Figures after one epoch; None where there are too few rows to say.

    Attributes:
        epoch: Counted from 1.
        train_loss: Mean weighted loss of the steps of this epoch; steps draw sources by share and
            weigh them, so it is not to be held against `held_out_loss`.
    """

    epoch: int
    train_loss: float


@dataclass(frozen=True)
class WatchedEpoch(EpochMetrics):
    """Figures after one epoch of the fit that was watched to choose how long to fit.

    Attributes:
        validation_loss: The objective, weighted as in the fit, on families that this fit did not
            see and the one that counts does; the epoch where it is least is chosen.
    """

    validation_loss: float


def write_history(
    output_dir: Path, history: Sequence[EpochMetrics], watched: Sequence[WatchedEpoch] = ()
) -> Path:
    """Writes `training_history.json` into `output_dir` and returns its path.

    Args:
        output_dir: The folder.
        history: Epochs of the fit that counts; their number was chosen.
        watched: All epochs of the fit that was watched; none without early stopping.

    Raises:
        StorageError: It could not be written.
    """
    path = output_dir / HISTORY_NAME
    document = {
        "version": "v2",
        "epochs": [asdict(metrics) for metrics in history],
        "watched": [asdict(metrics) for metrics in watched],
    }
    write_atomic(path, (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())
    return path
