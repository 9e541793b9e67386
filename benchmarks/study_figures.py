"""What a study keeps of a pair: its figures, and frames that a run sums up and forgets."""

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.contracts.eval_rows import ok_heuristic
from aivj.stage.thumbnails import luma
from aivj.takes.cells import Bytes, PairCells
from aivj.takes.drawing import DrawOutcome
from aivj.takes.figures import measure_pair
from aivj.takes.reactivity import Heard, alignment
from aivj.takes.settings import RenderSettings
from benchmarks.study_rows import PairFrames, StudiedFigures, StudyRow

Floats = NDArray[np.float64]

_DECIMALS = 7


def frames_of(cells: PairCells, energy: Floats) -> PairFrames:
    """Takes the figures of every frame; `energy` is the music's, of shape [frames]."""
    music, silence = luma(cells.music.composite), luma(cells.silence.composite)
    layers = (cells.music.foreground, cells.music.background)
    motion = _change(music)
    return PairFrames(
        layer_luma=[_listed(luma(layer).mean(axis=(1, 2))) for layer in layers],
        layer_color=[_listed(_mean_color(layer)) for layer in layers],
        motion=_listed(motion),
        response=_listed(np.abs(music[1:] - silence).mean(axis=(1, 2), dtype=np.float64)),
        # Silence has no frame before the first measured one, so neither looks at that change.
        alignment=alignment(motion[1:], energy[1:]),
        silent_alignment=alignment(_change(silence), energy[1:]),
    )


def study_row(
    pair: int,
    outcome: DrawOutcome,
    settings: RenderSettings,
    heard: Heard,
    cpu_s: float | None,
) -> StudyRow:
    """Returns what is kept of a pair that was drawn whole."""
    cells = outcome.result
    if not isinstance(cells, PairCells):
        kind = outcome.error.kind if outcome.error is not None else "unknown"
        return StudyRow(pair=pair, cpu_s=cpu_s, failure=kind)
    measured = asdict(measure_pair(cells, settings, heard))
    is_ok, _ = ok_heuristic(measured["viz_avg_luma"], measured["viz_avg_frame_delta"], 0, 0)
    figures = StudiedFigures.model_validate({**measured, "ok_heuristic": is_ok})
    in_full_silence = settings.num_compared == settings.measure_frames
    frames = frames_of(cells, heard.energy) if in_full_silence else None
    return StudyRow(pair=pair, cpu_s=cpu_s, figures=figures, frames=frames)


def _change(cells: NDArray[np.float32]) -> Floats:
    change: Floats = np.abs(np.diff(cells, axis=0)).mean(axis=(1, 2), dtype=np.float64)
    return change


def _mean_color(pictures: Bytes) -> Floats:
    color: Floats = pictures.mean(axis=(1, 2), dtype=np.float64) / 255
    return color


def _listed(values: NDArray[np.floating[Any]]) -> list[Any]:
    listed: list[Any] = values.astype(np.float64).round(_DECIMALS).tolist()
    return listed
