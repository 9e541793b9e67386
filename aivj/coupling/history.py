"""What a fit reports of itself after each epoch."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.contracts.fit_folder import HISTORY_NAME
from aivj.contracts.json_text import ContractModel, read_object, validated
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


class FitHistory(ContractModel):
    """What a fit reported of itself, read back.

    Attributes:
        epochs: Figures of each epoch of the fit that counts.
        watched: Those of the fit that was watched; none without early stopping.
    """

    epochs: list[dict[str, float | None]]
    watched: list[dict[str, float | None]]

    @property
    def curve(self) -> list[dict[str, float | None]]:
        """Figures of each epoch of the watched fit, to its end; of the fit, if none was watched."""
        return self.watched or self.epochs

    @property
    def chosen_epoch(self) -> int | None:
        """The epoch of the curve that the fit ended after; None if that is the curve's end."""
        return len(self.epochs) if len(self.curve) > len(self.epochs) else None


def read_history(output_dir: Path) -> FitHistory:
    """Reads what `write_history` wrote.

    Raises:
        InputError: It is missing or broken.
    """
    path = output_dir / HISTORY_NAME
    return validated(FitHistory, read_object(path), str(path))


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
