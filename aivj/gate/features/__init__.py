"""What a page offers beside drawing: each feature tried in the page, and judged here."""

from aivj.gate.features.answers import FeatureAnswers
from aivj.gate.features.judging import FEATURES, judge_features
from aivj.gate.features.play import FeatureRequest, FeaturesPlayed, play_features

__all__ = [
    "FEATURES",
    "FeatureAnswers",
    "FeatureRequest",
    "FeaturesPlayed",
    "judge_features",
    "play_features",
]
