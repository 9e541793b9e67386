import numpy as np
import pytest

from aivj.ratings import RatedPreset
from aivj.ratings.author_split import AuthorSplit
from aivj.ratings.benchmark import auc_within
from aivj.ratings.evidence import gather_evidence
from aivj.ratings.judges import JUDGES, MIXTURES

pytestmark = pytest.mark.usefixtures("few_trees")


@pytest.mark.parametrize("judge", [name for name in JUDGES if "alone" not in name])
def test_what_is_plain_to_see_is_learned(rated: tuple[RatedPreset, ...], judge: str) -> None:
    is_high = np.array([preset.is_high for preset in rated])
    fold = next(AuthorSplit(rated).folds(seed=0))
    scores = JUDGES[judge](gather_evidence(rated), is_high, fold, 0)
    assert scores.shape == fold.test.shape
    auc = auc_within(np.zeros(len(scores)), scores, is_high[fold.test])
    assert auc == 0.5 if judge == "constant" else auc > 0.95


@pytest.mark.parametrize("judge", ["pack alone", "author alone", "format alone"])
def test_baselines_see_no_code(rated: tuple[RatedPreset, ...], judge: str) -> None:
    is_high = np.array([preset.is_high for preset in rated])
    fold = next(AuthorSplit(rated).folds(seed=0))
    assert np.ptp(JUDGES[judge](gather_evidence(rated), is_high, fold, 0)) == 0


def test_the_seed_makes_trees_repeatable(rated: tuple[RatedPreset, ...]) -> None:
    is_high = np.array([preset.is_high for preset in rated])
    fold, evidence = next(AuthorSplit(rated).folds(seed=0)), gather_evidence(rated)
    judge = JUDGES["features, extra trees"]
    one, same = (judge(evidence, is_high, fold, 1) for _ in range(2))
    assert np.array_equal(one, same)


def test_mixtures_are_of_judges() -> None:
    assert {part for parts in MIXTURES.values() for part in parts} <= JUDGES.keys()
