"""The net as others load it: pairs of presets in, a score from 0 to 1 out.

A model's folder holds the checkpoint, how its scores were stretched for one pack, and the table of
features beside those of the text, if the net was fitted with one. `_load_pyfunc` is what
`mlflow.pyfunc` looks for in a loader module; nothing here knows MLflow, or pickles.
"""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from aivj.coupling.calibration import Scores, Stretch
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint
from aivj.coupling.net import NetScorer
from aivj.coupling.preset_rows import MISSING, read_presets
from aivj.coupling.score import require_features
from aivj.coupling.served_files import (
    CHECKPOINT_NAME,
    FEATURES_NAME,
    INPUTS,
    OUTPUT,
    STRETCH_NAME,
)
from aivj.errors import InputError
from aivj.packs.extra_features import ExtraFeatures, read_extra_features
from aivj.packs.feature_store import FeatureStore

if TYPE_CHECKING:
    import pandas as pd


class ServedModel:
    """Scores pairs of presets by their files or texts."""

    def __init__(
        self, checkpoint: Checkpoint, stretch: Stretch, extra: ExtraFeatures | None
    ) -> None:
        self._checkpoint = checkpoint
        self._stretch = stretch
        self._extra = extra

    def predict(
        self, model_input: "pd.DataFrame", params: dict[str, Any] | None = None
    ) -> "pd.DataFrame":
        """Returns a column `score` for a table with the columns `fg` and `bg`.

        Each holds a preset: the path of its file, or its whole text, which has several lines. The
        score is NaN where a file cannot be read.

        Raises:
            InputError: A column is missing, or the features are not those of the net.
        """
        import pandas as pd

        del params
        if not set(INPUTS) <= set(model_input.columns):
            raise InputError(
                f"a table with the columns {' and '.join(INPUTS)}",
                ", ".join(map(str, model_input.columns)) or "no column",
                "name presets there: paths of .milk files, or their texts",
            )
        with tempfile.TemporaryDirectory(prefix="aivj-texts-") as folder:
            layers = [_files(model_input[name], Path(folder, name)) for name in INPUTS]
            scores = self._scores(*layers)
        return pd.DataFrame({OUTPUT: scores}, index=model_input.index)

    def _scores(self, fg: list[Path], bg: list[Path]) -> Scores:
        presets = read_presets(FeatureStore(None), [*fg, *bg], extra=self._extra)
        require_features(self._checkpoint, presets.table.spec)
        rows = np.array([[presets.row_of[path] for path in layer] for layer in (fg, bg)])
        whole = (rows != MISSING).all(axis=0)
        scores = np.full(len(fg), np.nan)
        if whole.any():
            net = self._checkpoint.net
            score = NetScorer(net, net.normalise(torch.from_numpy(presets.table.values)))
            scores[whole] = self._stretch.apply(score(rows[0][whole], rows[1][whole]))
        return scores


def _files(presets: Iterable[object], folder: Path) -> list[Path]:
    """Returns a file for each preset; what is a text is written into `folder` first."""
    folder.mkdir()
    files = []
    for number, preset in enumerate(map(str, presets)):
        if "\n" not in preset and "\r" not in preset:
            files.append(Path(preset))
            continue
        files.append(folder / f"{number}.milk")
        # MilkDrop's files are Latin-1 as often as UTF-8; what they compute is ASCII.
        files[-1].write_text(preset, encoding="utf-8", newline="", errors="surrogateescape")
    return files


def _load_pyfunc(path: str) -> ServedModel:
    """Reads what `served_files.write_model` wrote."""
    folder = Path(path)
    extra = folder / FEATURES_NAME
    return ServedModel(
        read_checkpoint(folder / CHECKPOINT_NAME),
        Stretch(**json.loads((folder / STRETCH_NAME).read_bytes())),
        read_extra_features(extra) if extra.is_file() else None,
    )
