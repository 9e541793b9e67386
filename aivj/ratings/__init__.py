"""Ratings that people gave to single presets: what they can tell, honestly, about judges."""

from aivj.ratings.benchmark import benchmark_ratings
from aivj.ratings.rated_presets import RatedPack, RatedPreset, read_rated_pack
from aivj.ratings.report import JudgeResult, RatingBenchmark, SubsetResult

__all__ = [
    "JudgeResult",
    "RatedPack",
    "RatedPreset",
    "RatingBenchmark",
    "SubsetResult",
    "benchmark_ratings",
    "read_rated_pack",
]
