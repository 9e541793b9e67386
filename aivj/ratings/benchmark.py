"""How well ratings inside one pack can be foretold for authors nobody learned from.

No figure over all packs is given, because it would flatter. Tools wrote ratings batch by batch, so
the name of the pack alone tells high from low with an AUC of 0.76 there, and whatever recognises a
pack looks as if it had taste. Inside one pack that people rated, with first authors held out and
near-duplicates of what is judged taken from what is learned, that way is closed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from aivj.ratings.author_split import NUM_FOLDS, AuthorSplit, Fold
from aivj.ratings.evidence import Evidence, gather_evidence
from aivj.ratings.judges import JUDGES, MIXTURES, BoolArray, Scores
from aivj.ratings.rated_presets import RatedPreset, has_enough, read_rated_pack
from aivj.ratings.report import JudgeResult, RatingBenchmark, SubsetResult

Progress = Callable[[int, int], None]

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
    aucs: dict[str, list[float]] = defaultdict(list)
    num_removed: list[int] = []
    for seed in range(num_seeds):
        judged: dict[str, list[tuple[Scores, BoolArray]]] = defaultdict(list)
        for fold in split.folds(seed):
            for judge, scores in _all_scores(evidence, is_high, fold, seed).items():
                judged[judge].append((scores, is_high[fold.test]))
            num_removed.append(fold.num_removed)
            fold_done()
        for judge, results in judged.items():
            aucs[judge].append(auc_within_folds(results))
    return SubsetResult(
        subset=name,
        num_high=int(is_high.sum()),
        num_low=int((~is_high).sum()),
        num_authors=split.num_authors,
        largest_author_share=split.largest_share,
        mean_removed=float(np.mean(num_removed)),
        judges=[
            JudgeResult(judge=judge, auc=float(np.mean(values)), auc_std=float(np.std(values)))
            for judge, values in aucs.items()
        ],
    )


def _all_scores(evidence: Evidence, is_high: BoolArray, fold: Fold, seed: int) -> dict[str, Scores]:
    """Returns what every judge says of the test presets of a fold."""
    from scipy.stats import rankdata

    scores = {name: judge(evidence, is_high, fold, seed) for name, judge in JUDGES.items()}
    for name, parts in MIXTURES.items():
        scores[name] = np.mean([rankdata(scores[part]) for part in parts], axis=0)
    return scores


def auc_within_folds(results: Iterable[tuple[Scores, BoolArray]]) -> float:
    """Returns how often a high preset scores above a low one of its own fold, ties half.

    Scores of different folds come from different fits and do not compare.

    Args:
        results: For each fold, [T] scores and whether each preset is high.
    """
    num_won = num_pairs = 0.0
    for scores, is_high in results:
        lead = np.sign(scores[is_high][:, np.newaxis] - scores[~is_high])
        num_won += float((lead + 1).sum() / 2)
        num_pairs += lead.size
    return num_won / num_pairs
