"""People's own taste: two pairs side by side, which is better, and which two to show next."""

from aivj.preferences.belief import Belief, Couple
from aivj.preferences.bradley_terry import (
    Comparisons,
    Prior,
    Strengths,
    fit_strengths,
    prior_from_scores,
)
from aivj.preferences.judging import JudgingSession, Progress, Verdict

__all__ = [
    "Belief",
    "Comparisons",
    "Couple",
    "JudgingSession",
    "Prior",
    "Progress",
    "Strengths",
    "Verdict",
    "fit_strengths",
    "prior_from_scores",
]
