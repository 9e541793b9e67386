"""A worker that keeps frames: what a run sums up and forgets."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aivj.browser.tab import PageReply
from aivj.contracts.eval_rows import ok_heuristic
from aivj.executor.protocol import Outcome
from aivj.sampling.worker import PairJob, PairResult, PairWorker, PairWorkerPlan
from aivj.stage.thumbnails import luma
from aivj.takes.cells import Bytes, PairCells
from aivj.takes.reactivity import alignment
from aivj.takes.settings import RenderSettings
from benchmarks.study_rows import PairFigures, PairFrames, StudyRow

Floats = NDArray[np.float64]

_DECIMALS = 7


@dataclass(frozen=True, kw_only=True)
class StudyResult(PairResult):
    """A rendered pair with its frames; None where silence was compared at some frames only."""

    frames: PairFrames | None


class StudyWorker(PairWorker):
    """Renders pairs as any worker does, and looks at their cells once more."""

    def __init__(self, plan: PairWorkerPlan) -> None:
        super().__init__(plan)
        self._last_cells = ""

    async def run(self, item: PairJob, timeout_s: float) -> StudyResult:
        """See `PairWorker.run`."""
        result = await super().run(item, timeout_s)
        settings = self._plan.settings
        frames = None
        if settings.num_compared == settings.measure_frames and settings.silent_every == 1:
            cells = PairCells.from_bytes(
                base64.b64decode(self._last_cells),
                measure_frames=settings.measure_frames,
                silent_frames=settings.num_compared,
            )
            frames = frames_of(cells, self._heard[item.clip].energy)
        return StudyResult(**vars(result), frames=frames)

    async def _render(
        self, job: PairJob, settings: RenderSettings, timeout_s: float
    ) -> tuple[Mapping[str, Any], PageReply]:
        reading, reply = await super()._render(job, settings, timeout_s)
        self._last_cells = reading["cells"]
        return reading, reply


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


def study_row(outcome: Outcome[PairJob, PairResult], cpu_s: float | None) -> StudyRow:
    """Returns what is kept of an outcome."""
    pair, result = outcome.item.pair, outcome.result
    if result is None:
        kind = outcome.error.kind if outcome.error is not None else "unknown"
        return StudyRow(pair=pair, cpu_s=cpu_s, failure=kind)
    measured = asdict(result.measurement)
    is_ok, _ = ok_heuristic(
        measured["viz_avg_luma"],
        measured["viz_avg_frame_delta"],
        result.num_page_errors,
        result.num_console_errors,
    )
    figures = PairFigures.model_validate({**measured, "ok_heuristic": is_ok})
    frames = result.frames if isinstance(result, StudyResult) else None
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
