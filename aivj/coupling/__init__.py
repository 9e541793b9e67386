"""From labels to a small net, and from the net to a score for every pair of a pack.

Modules that need torch (`fit`, `checkpoint`, `score`, `device`) are imported by their own names,
so that this package costs nothing to those who only build training sets.
"""

from aivj.coupling.config import FitConfig
from aivj.coupling.examples import build_training_set
from aivj.coupling.history import EpochMetrics, write_history
from aivj.coupling.training_set import EliteClass, Source, TrainingSet

__all__ = [
    "EliteClass",
    "EpochMetrics",
    "FitConfig",
    "Source",
    "TrainingSet",
    "build_training_set",
    "write_history",
]
