"""How well ratings inside one pack can be foretold for authors nobody learned from.

No figure over all packs is given, because it would flatter. Tools wrote ratings batch by batch, so
the name of the pack alone tells high from low with an AUC of 0.76 there, and whatever recognises a
pack looks as if it had taste. Inside one pack that people rated, with first authors held out and
near-duplicates of what is judged taken from what is learned, that way is closed.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from aivj import statistics
from aivj.errors import InputError
from aivj.packs.groups import IntArray
from aivj.ratings.author_split import NUM_FOLDS, AuthorSplit, Fold
from aivj.ratings.evidence import Evidence, gather_evidence
from aivj.ratings.judges import JUDGES, MIXTURES, BoolArray, Scores
from aivj.ratings.rated_presets import RatedPreset, has_enough, read_rated_pack
from aivj.ratings.report import JudgeResult, RatingBenchmark, SubsetResult
from aivj.statistics import once, ranks

Progress = Callable[[int, int], None]

_NUM_KINDS = 2

ALL = "all"
MILKDROP_2 = "MilkDrop 2 format"


def benchmark_ratings(
    folder: Path, *, num_seeds: int, on_progress: Progress | None = None
) -> RatingBenchmark:
    """Lets every judge judge the rated presets of a pack, and those of the MilkDrop 2 format.

    Args:
        folder: A pack with ratings of its own.
        num_seeds: Shuffles of the authors to average over.
        on_progress: Called with the number of folds done and of all.

    Raises:
        InputError: `folder` is no folder, or has too few rated presets or authors.
    """
    pack = read_rated_pack(folder)
    subsets = {ALL: pack.presets}
    milkdrop_2 = tuple(preset for preset in pack.presets if preset.is_milkdrop_2)
    if has_enough(milkdrop_2):
        subsets[MILKDROP_2] = milkdrop_2
    num_total = len(subsets) * num_seeds * NUM_FOLDS
    num_done = 0

    def fold_done() -> None:
        nonlocal num_done
        num_done += 1
        if on_progress is not None:
            on_progress(num_done, num_total)

    return RatingBenchmark(
        pack_folder=folder.name,
        num_files=pack.num_files,
        num_contents=pack.num_contents,
        num_contradictory=pack.num_contradictory,
        num_seeds=num_seeds,
        num_folds=NUM_FOLDS,
        subsets=[_judged(name, presets, num_seeds, fold_done) for name, presets in subsets.items()],
    )


def _judged(
    name: str, presets: Sequence[RatedPreset], num_seeds: int, fold_done: Callable[[], None]
) -> SubsetResult:
    split, evidence = AuthorSplit(presets), gather_evidence(presets)
    is_high = np.array([preset.is_high for preset in presets])
    formats = np.unique(evidence.format, axis=0, return_inverse=True)[1]
    aucs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    num_removed: list[int] = []
    for seed in range(num_seeds):
        fold_of = np.empty(len(presets), dtype=np.int64)
        scores_of: dict[str, Scores] = defaultdict(lambda: np.empty(len(presets)))
        for number, fold in enumerate(split.folds(seed)):
            _refuse_if_one_kind(is_high[fold.train])
            fold_of[fold.test] = number
            for judge, scores in _all_scores(evidence, is_high, fold, seed).items():
                scores_of[judge][fold.test] = scores
            num_removed.append(fold.num_removed)
            fold_done()
        fold_and_format = fold_of * len(presets) + formats
        for judge, scores in scores_of.items():
            in_fold = auc_within(fold_of, scores, is_high)
            aucs[judge].append((in_fold, auc_within(fold_and_format, scores, is_high)))
    return SubsetResult(
        subset=name,
        num_high=int(is_high.sum()),
        num_low=int((~is_high).sum()),
        num_authors=split.num_authors,
        largest_author_share=split.largest_share,
        mean_removed=float(np.mean(num_removed)),
        judges=[_result(judge, np.array(values)) for judge, values in aucs.items()],
    )


def _refuse_if_one_kind(is_high: BoolArray) -> None:
    if len(np.unique(is_high)) < _NUM_KINDS:
        raise InputError(
            "high- and low-rated presets to learn from in every fold",
            f"{int(is_high.sum())} and {int((~is_high).sum())} in one, without the authors and "
            "near-duplicates of what is judged",
            "name a pack with more ratings by more people",
        )


def _result(judge: str, aucs: Scores) -> JudgeResult:
    """Returns the result of a judge from [seeds, 2] figures; NaN stands for no pairs."""
    mean, std = aucs.mean(axis=0), aucs.std(axis=0)
    return JudgeResult(
        judge=judge,
        auc=_none_if_nan(mean[0]),
        auc_std=_none_if_nan(std[0]),
        auc_same_format=_none_if_nan(mean[1]),
        auc_same_format_std=_none_if_nan(std[1]),
    )


def _none_if_nan(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _all_scores(evidence: Evidence, is_high: BoolArray, fold: Fold, seed: int) -> dict[str, Scores]:
    """Returns what every judge says of the test presets of a fold."""
    scores = {name: judge(evidence, is_high, fold, seed) for name, judge in JUDGES.items()}
    for name, parts in MIXTURES.items():
        scores[name] = np.mean([_ranks(scores[part]) for part in parts], axis=0)
    return scores


def _ranks(scores: Scores) -> Scores:
    return ranks(scores, once(len(scores)))[:, 0]


def auc_within(groups: IntArray, scores: Scores, is_high: BoolArray) -> float:
    """Returns how often a high preset scores above a low one of its own group, ties half.

    Scores of different folds come from different fits and do not compare, so folds are groups.

    Args:
        groups: [N] number of each preset's group.
        scores: [N] what a judge says of each.
        is_high: [N] whether it was rated high.

    Returns:
        0 to 1; NaN if no group holds both.
    """
    num_won = num_pairs = 0.0
    for group in np.unique(groups):
        here = groups == group
        high, counts = is_high[here], once(int(here.sum()))
        num_won += float(statistics.num_won(scores[here], high, counts)[0])
        num_pairs += int(high.sum()) * int((~high).sum())
    return num_won / num_pairs if num_pairs else math.nan
