"""Runs and versions in MLflow, scores in the runtime's bucket, and the way back from both."""

from aivj.errors import LostRaceError
from aivj.release.bucket import Bucket, open_bucket
from aivj.release.candidate import PromotionEvidence, VerifyEvidence
from aivj.release.pointer import Pointer, StoredObject
from aivj.release.promotion import PackRelease, Promotion, describe, promote, rollback
from aivj.release.registry import (
    CANDIDATE,
    CHAMPION,
    PREVIOUS,
    current,
    follow_promotion,
    model_name,
    register_quality,
    set_alias,
)
from aivj.release.tracking import TrackedRun, Tracker

__all__ = [
    "CANDIDATE",
    "CHAMPION",
    "PREVIOUS",
    "Bucket",
    "LostRaceError",
    "PackRelease",
    "Pointer",
    "Promotion",
    "PromotionEvidence",
    "StoredObject",
    "TrackedRun",
    "Tracker",
    "VerifyEvidence",
    "current",
    "describe",
    "follow_promotion",
    "model_name",
    "open_bucket",
    "promote",
    "register_quality",
    "rollback",
    "set_alias",
]
