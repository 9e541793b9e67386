"""What a benchmark of ratings found, as people and programs read it."""

from aivj.contracts.fields import Count
from aivj.contracts.json_text import ContractModel
from aivj.ratings.author_split import NUM_FOLDS


class JudgeResult(ContractModel):
    """How well one judge did; None where there was no pair to compare.

    Attributes:
        judge: Its name.
        auc: Probability that it scores a high-rated preset above a low-rated one of the same
            fold, ties counting half; the mean over seeds.
        auc_std: Standard deviation over seeds: how much the folds matter.
        auc_same_format: The same for pairs that are also of one format: same versions, both with
            or both without custom waves and shapes.
        auc_same_format_std: Its standard deviation over seeds.
    """

    judge: str
    auc: float | None
    auc_std: float | None
    auc_same_format: float | None
    auc_same_format_std: float | None


class SubsetResult(ContractModel):
    """All judges on some presets.

    Attributes:
        subset: Which presets.
        num_high: Presets rated 4 or more.
        num_low: Presets rated 2 or less.
        num_authors: First authors.
        largest_author_share: Share of presets by the most frequent one.
        mean_removed: Near-duplicates taken from training, the mean over folds.
        judges: Results in the order of the table.
    """

    subset: str
    num_high: Count
    num_low: Count
    num_authors: Count
    largest_author_share: float
    mean_removed: float
    judges: list[JudgeResult]


class RatingBenchmark(ContractModel):
    """What the ratings of one pack can tell about judges.

    Attributes:
        schema_version: Version of this form.
        pack_folder: The pack.
        num_files: Files in it.
        num_contents: Different presets among them.
        num_contradictory: Presets left out because copies were rated both high and low.
        num_seeds: Shuffles of the authors.
        num_folds: Folds of each.
        subsets: All rated presets, and those of the MilkDrop 2 format if they are enough.
    """

    schema_version: str = "v1"
    pack_folder: str
    num_files: Count
    num_contents: Count
    num_contradictory: Count
    num_seeds: Count
    num_folds: Count = NUM_FOLDS
    subsets: list[SubsetResult]
