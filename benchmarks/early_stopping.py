"""Would it do to measure fewer frames of pairs whose figures have settled? Worked out afterwards.

The rules see what a page would see: the frames measured so far, never how the pair goes on. The
first frames never stop a pair, since many presets fade in from black.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aivj.takes.figures import motion_proxy
from benchmarks.agreement import COMPARED, rank_correlation
from benchmarks.study_rows import PairFrames

Floats = NDArray[np.float64]

WANTED_SPEARMAN = 0.95

# Below these, a change of COMPARED is of no account: a step of a byte, or of the classic's check.
_FLOORS = np.array([1 / 255, 1.5e-5, 0.1 / 255, 1 / 255])


@dataclass(frozen=True)
class StopRule:
    """When to stop: after `at_least` frames, once the running means have settled.

    Attributes:
        at_least: Measured frames that every pair gets.
        tolerance: Largest change of every running mean over the last half of `at_least` frames, as
            a share of it. Infinite: stop at once, a plain shorter measurement.
    """

    at_least: int
    tolerance: float = math.inf

    @property
    def name(self) -> str:
        """What the tables call it."""
        return f"{self.at_least}" if self.is_plain else f"{self.at_least}+, {self.tolerance:.0%}"

    @property
    def is_plain(self) -> bool:
        """Whether all pairs get the same frames."""
        return math.isinf(self.tolerance)


RULES = (
    *(StopRule(frames) for frames in (15, 20, 30, 45)),
    *(StopRule(least, by) for least in (15, 20, 30) for by in (0.2, 0.1, 0.05)),
)


@dataclass(frozen=True)
class StopEffect:
    """What a rule would have done.

    Attributes:
        rule: The rule.
        mean_frames: Measured frames of a pair.
        saved_measured: Share of the measured frames that is saved.
        saved: Share of all frames, those of the warm-up included.
        spearman: Rank correlation of each of COMPARED with the whole measurement.
    """

    rule: StopRule
    mean_frames: float
    saved_measured: float
    saved: float
    spearman: tuple[float, ...]

    @property
    def is_good_enough(self) -> bool:
        """Whether every rank correlation is high enough."""
        return min(self.spearman) >= WANTED_SPEARMAN


def running_means(frames: PairFrames) -> Floats:
    """Returns COMPARED after each measured frame, of shape [frames, 4]."""
    layer_luma, color = np.array(frames.layer_luma), np.array(frames.layer_color)
    mean_luma = layer_luma.mean(axis=0)
    num_frames = len(frames.motion)
    counts = np.arange(1, num_frames + 1)
    motion = [motion_proxy(mean_luma[: n + 1], color[:, : n + 1]) for n in counts]
    return np.stack(
        [
            np.cumsum(mean_luma[1:]) / counts,
            np.array(motion),
            np.cumsum(frames.motion) / counts,
            np.cumsum(frames.response) / counts,
        ],
        axis=1,
    )


def stops_after(means: Floats, rule: StopRule) -> int:
    """Returns how many frames of a pair a rule measures."""
    back = max(1, rule.at_least // 2)
    for num in range(rule.at_least, len(means)):
        now, before = means[num - 1], means[num - 1 - back]
        if (np.abs(now - before) <= rule.tolerance * np.maximum(now, _FLOORS)).all():
            return num
    return len(means)


def effect(pairs: Sequence[PairFrames], rule: StopRule, warmup_frames: int) -> StopEffect:
    """Works out what a rule would have done to pairs that were measured whole."""
    means = [running_means(frames) for frames in pairs]
    stops = [stops_after(of_pair, rule) for of_pair in means]
    whole = len(means[0])
    stopped = np.array([of_pair[stop - 1] for of_pair, stop in zip(means, stops, strict=True)])
    complete = np.array([of_pair[-1] for of_pair in means])
    mean_frames = float(np.mean(stops))
    saved = whole - mean_frames
    return StopEffect(
        rule,
        mean_frames,
        saved_measured=saved / whole,
        saved=saved / (whole + warmup_frames),
        spearman=tuple(
            rank_correlation(list(stopped[:, at]), list(complete[:, at]))
            for at in range(len(COMPARED))
        ),
    )
