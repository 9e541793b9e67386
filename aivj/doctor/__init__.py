"""Whether a machine is fit: what is on it, and how each launch profile does there."""

from aivj.doctor.examination import Examination, Finding, examine
from aivj.doctor.matrix import (
    Aftermath,
    ProfileTrial,
    library_jobs,
    own_jobs,
    try_profiles,
)
from aivj.doctor.prospects import Prospects, look_ahead, require_all

__all__ = [
    "Aftermath",
    "Examination",
    "Finding",
    "ProfileTrial",
    "Prospects",
    "examine",
    "library_jobs",
    "look_ahead",
    "own_jobs",
    "require_all",
    "try_profiles",
]
