"""The same fit and the same composing on every device of torch: seconds, and how figures differ."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import torch

from aivj.audio.groove import groove
from aivj.coupling import FitConfig
from aivj.coupling.fit import fit
from aivj.takes.batch import ManyPairs, pair_figures
from aivj.takes.cells import Bytes, LayerCells
from aivj.takes.figures import PairFigures
from aivj.takes.reactivity import Heard
from aivj.takes.render import planar_clip
from aivj.takes.settings import RenderSettings
from aivj.takes.table import LayerTable
from benchmarks.coupling_training import synthetic_set

_NUM_LAYERS = 64
_NUM_PAIRS = 1000
_EPOCHS = 2
_TINY = 1e-12
_CELLS = (36, 64, 3)
T = TypeVar("T")

MOST_FIT_DIFFERENCE = 0.03
"""Of held-out figures, 0 to 1: devices add up in other orders, and a fit amplifies that."""

MOST_COMPOSING_DIFFERENCE = 1e-6
"""Of a pair's figures, relative to the largest of its kind."""


@dataclass(frozen=True)
class DeviceRun:
    """One piece of work on one device.

    Attributes:
        work: `fit` or `compose`.
        device: Of torch; `numpy` is what composing runs on without one.
        seconds: Wall time of its second run: the first one loads libraries and kernels.
        figures: What came out, by name.
        difference: From the first device's figures, see `MOST_FIT_DIFFERENCE` and its like; None
            of the first.
    """

    work: str
    device: str
    seconds: float
    figures: Mapping[str, float]
    difference: float | None

    @property
    def agrees(self) -> bool:
        """Whether the figures are those of the first device."""
        most = MOST_FIT_DIFFERENCE if self.work == "fit" else MOST_COMPOSING_DIFFERENCE
        return self.difference is None or self.difference <= most


def devices() -> list[str]:
    """Returns the devices that are here, the CPU first."""
    return ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def fits() -> list[DeviceRun]:
    """Fits synthetic labels of a usual size on every device."""
    training_set, config = synthetic_set(0), FitConfig(epochs=_EPOCHS, early_stopping=False)
    found: list[DeviceRun] = []
    for device in devices():

        def work(device: str = device) -> dict[str, float]:
            last = fit(training_set, config, device=torch.device(device)).history[-1]
            figures = (last.elite_auc, last.eval_spearman, last.negatives_auc)
            names = ("elite AUC", "Spearman", "negatives AUC")
            return {name: float(figure or 0) for name, figure in zip(names, figures, strict=True)}

        figures, seconds = _second_of_two(work)
        first = found[0].figures if found else figures
        apart = max(abs(figures[name] - first[name]) for name in figures)
        difference = apart if found else None
        found.append(DeviceRun("fit", device, seconds, figures, difference))
    return found


def composings() -> list[DeviceRun]:
    """Composes the same random pairs of noise with numpy and on every device."""
    settings, rng = RenderSettings(), np.random.default_rng(0)

    def noise(num_frames: int) -> Bytes:
        return rng.integers(0, 256, (num_frames, *_CELLS), np.uint8)

    layers = [
        LayerCells(noise(settings.measure_frames + 1), noise(settings.num_compared))
        for _ in range(_NUM_LAYERS)
    ]
    table = LayerTable.of(layers, _NUM_LAYERS, settings)
    fronts, backs = rng.integers(0, _NUM_LAYERS, (2, _NUM_PAIRS))
    heard = Heard.of(planar_clip(groove(), settings), settings)
    found: list[DeviceRun] = []
    reference: ManyPairs | None = None
    for device in (None, *devices()):

        def work(device: str | None = device) -> ManyPairs:
            return pair_figures(table, fronts, backs, heard, device=device)

        figures, seconds = _second_of_two(work)
        difference = None if reference is None else _difference(figures, reference)
        reference = reference or figures
        told = {"pairs a minute": 60 * _NUM_PAIRS / seconds}
        found.append(DeviceRun("compose", device or "numpy", seconds, told, difference))
    return found


def _second_of_two(work: Callable[[], T]) -> tuple[T, float]:
    work()
    began = time.perf_counter()
    result = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return result, time.perf_counter() - began


def _difference(figures: ManyPairs, reference: ManyPairs) -> float:
    """Returns the largest difference of any figure, relative to the largest of its kind."""
    found = 0.0
    for field in fields(PairFigures):
        # Verdicts on flashes are of no number; in a difference they count as 0 and 1.
        ours, theirs = (
            np.asarray(getattr(each, field.name), np.float64) for each in (figures, reference)
        )
        largest = max(float(np.abs(theirs).max()), _TINY)
        found = max(found, float(np.abs(ours - theirs).max()) / largest)
    return found
