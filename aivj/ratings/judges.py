"""Ways to tell high-rated presets from low-rated ones, from other presets that were rated.

What can be set about them was fixed beforehand, by ratings of other packs; nothing is chosen by
the folds that they are judged on. Baselines show what can be known without any picture.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aivj.packs.feature_table import FloatArray
from aivj.ratings.author_split import Fold
from aivj.ratings.evidence import Evidence

Scores = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Judge = Callable[[Evidence, BoolArray, Fold, int], Scores]
"""Learns from the training presets of a fold and whether each is high; scores the test presets."""

# Inverse strength of the penalty: hundreds of features, a few hundred presets.
_FEATURE_STRENGTH = 1e-3
# Needs no threads: those of the default solver wait for each other on a machine that is busy.
_SOLVER = "liblinear"
_NUM_TREES = 300
_MIN_LEAF = 2


def constant(_: Evidence, __: BoolArray, fold: Fold, ___: int) -> Scores:
    """Says the same of all; so does whoever knows the pack alone, inside one pack."""
    return np.zeros(len(fold.test))


def author_alone(evidence: Evidence, is_high: BoolArray, fold: Fold, _: int) -> Scores:
    """Knows who is named as an author."""
    return _tf_idf_regression(evidence.authors, is_high, fold)


def format_alone(evidence: Evidence, is_high: BoolArray, fold: Fold, _: int) -> Scores:
    """Knows the versions of the file and whether it has custom waves or shapes."""
    return _regression(evidence.format, is_high, fold, strength=1.0)


def feature_regression(evidence: Evidence, is_high: BoolArray, fold: Fold, _: int) -> Scores:
    """Logistic regression on the features."""
    return _regression(evidence.features, is_high, fold, strength=_FEATURE_STRENGTH)


def text_regression(evidence: Evidence, is_high: BoolArray, fold: Fold, _: int) -> Scores:
    """Logistic regression on TF-IDF of the tokens."""
    return _tf_idf_regression(evidence.tokens, is_high, fold)


def extra_trees(evidence: Evidence, is_high: BoolArray, fold: Fold, seed: int) -> Scores:
    """Extremely randomised trees on the features."""
    from sklearn.ensemble import ExtraTreesClassifier

    trees = ExtraTreesClassifier(
        _NUM_TREES, min_samples_leaf=_MIN_LEAF, random_state=seed, n_jobs=-1
    )
    trees.fit(evidence.features[fold.train], is_high[fold.train])
    return np.asarray(trees.predict_proba(evidence.features[fold.test])[:, 1], dtype=np.float64)


JUDGES: Mapping[str, Judge] = {
    "constant": constant,
    "pack alone": constant,
    "author alone": author_alone,
    "format alone": format_alone,
    "features, logistic regression": feature_regression,
    "features, extra trees": extra_trees,
    "text, logistic regression": text_regression,
}

MIXTURES: Mapping[str, tuple[str, ...]] = {
    "text + features, mean rank": ("text, logistic regression", "features, extra trees"),
}
"""Judges that average the ranks that others of `JUDGES` give."""


def _regression(values: FloatArray, is_high: BoolArray, fold: Fold, *, strength: float) -> Scores:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, solver=_SOLVER))
    model.fit(values[fold.train], is_high[fold.train])
    return np.asarray(model.decision_function(values[fold.test]), dtype=np.float64)


def _tf_idf_regression(counts: Any, is_high: BoolArray, fold: Fold) -> Scores:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfTransformer(sublinear_tf=True), LogisticRegression(solver=_SOLVER))
    model.fit(counts[fold.train], is_high[fold.train])
    return np.asarray(model.decision_function(counts[fold.test]), dtype=np.float64)
