"""Pairs drawn whole, and what is computed of their takes held against them."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from aivj.errors import ItemError, RunError, WorkerLostError
from aivj.takes.cells import Bytes, LayerCells, PairCells
from aivj.takes.compose import compose
from aivj.takes.figures import measure_pair
from aivj.takes.reactivity import Heard
from aivj.takes.render import ProofJob
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.take import Drawn

LAYER_TOLERANCE = 0.004
"""How far the cells of a layer may lie from those of its take in the mean, 0 to 1.

On one machine they are equal to the byte; drivers of two versions round differently, here by
less than one of 255 values.
"""

FIGURE_TOLERANCE = 0.02
"""How far a mean figure of the composite may lie from the computed one (docs/takes.md)."""

_COMPARED = (
    "composite_avg_luma",
    "composite_avg_frame_delta",
    "composite_color_r",
    "composite_color_g",
    "composite_color_b",
    "audio_response",
    "fg_contribution",
    "bg_contribution",
    "last_luma",
)


class Proofs:
    """Pairs of a run that are drawn whole.

    Args:
        settings: How everything is drawn.
        clips: Planar bytes of the music by name, see `aivj.takes.render.planar_clip`.
    """

    def __init__(self, settings: RenderSettings, clips: Mapping[str, bytes]) -> None:
        self._settings = settings
        self._clips = clips
        self._waiting: list[tuple[ProofJob, PairCells | ItemError]] = []

    def add(self, job: ProofJob, drawn: PairCells | ItemError) -> None:
        """Takes what became of a pair; it is judged when both its takes are there."""
        self._waiting.append((job, drawn))

    def judge(self, shelf: TakeShelf) -> None:
        """Holds the pairs against those takes that are there by now.

        Raises:
            RunError: One is not what its takes say.
        """
        waiting, self._waiting = self._waiting, []
        for job, drawn in waiting:
            clip = job.foreground.clip
            contents = (job.foreground.content, job.background.content)
            if not all(shelf.holds(clip, content) for content in contents):
                self._waiting.append((job, drawn))
            elif not any(shelf.failure(clip, content) for content in contents):
                self._judge(job, drawn, shelf.read_pair(clip, contents))

    def _judge(
        self, job: ProofJob, drawn: PairCells | ItemError, takes: tuple[Drawn, Drawn]
    ) -> None:
        if isinstance(drawn, WorkerLostError):
            # Who draws died under it again and again, which says nothing of takes.
            return
        if isinstance(drawn, ItemError):
            raise _refused(f"{job.name} to be drawn as its layers are", f"{drawn.kind}: {drawn}")
        heard = Heard.of(self._clips[job.foreground.clip], self._settings)
        foreground, background = takes
        refuse_disagreement(
            job.name, drawn, (foreground.cells, background.cells), self._settings, heard
        )


def refuse_disagreement(
    pair: str,
    drawn: PairCells,
    takes: tuple[LayerCells, LayerCells],
    settings: RenderSettings,
    heard: Heard,
) -> None:
    """Checks a pair that was drawn whole against its takes.

    Args:
        pair: What to call it.
        drawn: What the page showed.
        takes: Of its foreground and its background.
        settings: How both were drawn.
        heard: The music that both heard.

    Raises:
        RunError: A layer is another picture than its take, or the figures differ.
    """
    layers = ("foreground", "background")
    for layer, take in zip(layers, takes, strict=True):
        for sound, there, kept in (
            ("music", getattr(drawn.music, layer), take.music),
            ("silence", getattr(drawn.silence, layer), take.silence),
        ):
            difference = _difference(there, kept)
            if difference > LAYER_TOLERANCE:
                raise _refused(
                    f"the {layer} of {pair} with {sound} as its take has it",
                    f"cells that are {difference:.4f} apart in the mean",
                )
    computed = asdict(measure_pair(compose(*takes), settings, heard))
    shown = asdict(measure_pair(drawn, settings, heard))
    for name in _COMPARED:
        if abs(computed[name] - shown[name]) > FIGURE_TOLERANCE:
            raise _refused(
                f"{name} of {pair} as it is computed from its takes, {computed[name]:.4f}",
                f"{shown[name]:.4f} in the pair that was drawn whole",
            )


def _difference(first: Bytes, second: Bytes) -> float:
    if first.shape != second.shape:
        return float("inf")
    return float(np.abs(first.astype(np.int16) - second).mean()) / 255


def _refused(expected: str, found: str) -> RunError:
    return RunError(
        expected,
        found,
        "takes and pairs do not belong together: look at the renderer with `aivj doctor`, drop its "
        "takes with `aivj takes drop`, and sample into a new directory",
    )
