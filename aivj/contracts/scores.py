"""The documented score of one measurement, by which pairs are filtered."""

from aivj.contracts.eval_rows import LOW_MOTION, TOO_DARK_LUMA

_LUMA_SPAN = (TOO_DARK_LUMA, 0.18)
_MOTION_SPAN = (LOW_MOTION, 6e-4)
_LUMA_SHARE = 0.65
_MOTION_SHARE = 0.35


def pair_score(luma: float, motion: float) -> float:
    """Returns `0.65 * luma01 + 0.35 * motion01`, 0 to 1.

    Each part rises linearly from 0 to 1 over its span and is clamped outside; the formula is that
    of the pair summary with which filtered manifests are made.

    Args:
        luma: Mean luma, 0 to 1.
        motion: Mean motion proxy, 0 or more.
    """
    return _LUMA_SHARE * luma01(luma) + _MOTION_SHARE * _rise01(motion, _MOTION_SPAN)


def luma01(luma: float) -> float:
    """Returns the part of the score that brightness makes, 0 to 1."""
    return _rise01(luma, _LUMA_SPAN)


def _rise01(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return min(max((value - low) / (high - low), 0.0), 1.0)
