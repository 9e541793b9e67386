"""Runs and versions in MLflow, scores in the runtime's bucket, and the way back from both."""

from aivj.release.candidate import Force, PromotionEvidence, VerifyEvidence
from aivj.release.promotion import Promotion, promote, rollback
from aivj.release.registry import (
    CANDIDATE,
    CHAMPION,
    PREVIOUS,
    current,
    follow_pointer,
    model_name,
    register_quality,
    set_alias,
)
from aivj.release.releases import Champion, PackReleases, describe, read_champion
from aivj.release.tracking import TrackedRun, Tracker

__all__ = [
    "CANDIDATE",
    "CHAMPION",
    "PREVIOUS",
    "Champion",
    "Force",
    "PackReleases",
    "Promotion",
    "PromotionEvidence",
    "TrackedRun",
    "Tracker",
    "VerifyEvidence",
    "current",
    "describe",
    "follow_pointer",
    "model_name",
    "promote",
    "read_champion",
    "register_quality",
    "rollback",
    "set_alias",
]
