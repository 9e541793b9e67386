"""How the runtimes turn a score into a weight when they pick a pair at random."""

import math

PICK_GAMMA = 4.0
"""How much weighted picks prefer a better score where nothing else is said: when scores are judged,
in a browser or beside others."""

UNSCORED_QUALITY01 = 0.5
"""What the committed runtime takes for a pair without a score."""


def pick_weight(quality01: float | None, gamma: float, explore: float) -> float:
    """Returns a pair's weight in the committed runtime's roulette wheel.

    `(1 - explore) * (q + 1e-6) ** gamma + explore`, with `q` and `explore` clamped to 0..1 and
    `gamma` to 0 or more. That runtime reads an absent gamma as 0, which makes all pairs equal.

    Args:
        quality01: Score; None or NaN counts as `UNSCORED_QUALITY01`.
        gamma: How much a better score is preferred.
        explore: Share of the weight that does not depend on the score.
    """
    given = math.nan if quality01 is None else quality01
    q = UNSCORED_QUALITY01 if math.isnan(given) else _clamp01(given)
    explore01 = _clamp01(explore)
    return (1 - explore01) * math.pow(q + 1e-6, max(0.0, gamma)) + explore01


def _clamp01(value: float) -> float:
    return min(max(value, 0.0), 1.0)
