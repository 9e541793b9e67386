"""The net as others load it: pairs of presets in, a score from 0 to 1 out.

A net that is told what pairs look like asks for the figures of each beside its presets: whoever
loads it has no takes to compose.

A model's folder holds the checkpoint, how its scores were stretched for one pack, and the table of
features beside those of the text, if the net was fitted with one. `_load_pyfunc` is what
`mlflow.pyfunc` looks for in a loader module; nothing here knows MLflow, or pickles.
"""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from aivj.coupling.calibration import Scores, Stretch
from aivj.coupling.checkpoint import Checkpoint, read_checkpoint
from aivj.coupling.eval_target import Measured
from aivj.coupling.pair_inputs import FIGURE_NAMES, PairInputs, inputs_of
from aivj.coupling.preset_rows import MISSING
from aivj.coupling.score import predict, read_described
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
        score is NaN where a file cannot be read. A net that is told what pairs look like wants a
        column for each of `FIGURE_NAMES` beside them, as rows of `eval.jsonl` have them; a pair
        that lacks one (NaN) is taken as one of mean figures.

        Raises:
            InputError: A column is missing, or the features are not those of the net.
        """
        import pandas as pd

        del params
        told = self._checkpoint.card.pair_spec is not None
        wanted = (*INPUTS, *FIGURE_NAMES) if told else INPUTS
        if not set(wanted) <= set(model_input.columns):
            raise InputError(
                f"a table with the columns {', '.join(wanted)}",
                ", ".join(map(str, model_input.columns)) or "no column",
                "name presets in fg and bg: paths of .milk files, or their texts"
                + ("; figures are those of a row of eval.jsonl" if told else ""),
            )
        figures = None
        if told:
            columns = {name: model_input[name].to_numpy(np.float64) for name in FIGURE_NAMES}
            figures = cast("Measured", SimpleNamespace(**columns))
        with tempfile.TemporaryDirectory(prefix="aivj-texts-") as folder:
            fg, bg = (_files(model_input[name], Path(folder, name)) for name in INPUTS)
            scores = self._scores(fg, bg, figures)
        return pd.DataFrame({OUTPUT: scores}, index=model_input.index)

    def _scores(self, fg: list[Path], bg: list[Path], figures: Measured | None) -> Scores:
        presets = read_described(
            self._checkpoint, FeatureStore(None), [*fg, *bg], extra=self._extra
        )
        rows = np.array([[presets.row_of[path] for path in layer] for layer in (fg, bg)])
        whole = (rows != MISSING).all(axis=0)
        scores = np.full(len(fg), np.nan)
        if whole.any():
            pairs = rows[0][whole], rows[1][whole]
            told = PairInputs.none()
            if figures is not None:
                target = self._checkpoint.card.config.eval_target
                told = PairInputs.of_pairs(*pairs, inputs_of(figures, target)[whole])
            raw = predict(self._checkpoint, presets, *pairs, torch.device("cpu"), told)
            scores[whole] = self._stretch.apply(raw)
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
