"""What the net is held against: models that are cheaper, older or simpler than it.

    constant   the mean target: what a collapsed net says
    luma rule  the documented rule on how bright a pair *was measured*; it looks at the very picture
               that it judges, and knows nothing of pairs that nobody measured
    target     what the pair is worth as measured: what a score would be without taste
    logistic   logistic regression on the pair's features, and on what was measured of it
    trees      gradient-boosted trees on them (scikit-learn's histogram kind)

Each is fitted to the rows that the net is fitted to, with the weights that the net's sampler and
loss give them together.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from aivj.contracts.scores import luma01
from aivj.coupling.config import FitConfig
from aivj.coupling.held_out import PairScorer
from aivj.coupling.pair_inputs import TARGET01
from aivj.coupling.sampler import SOURCE_SHARES
from aivj.coupling.split import Split
from aivj.coupling.training_set import BoolArray, FloatArray, IntArray, Source, TrainingSet

TARGET = "target"
"""The model that says what is measured."""

MAX_NEGATIVES = 1000
"""Negatives that logistic regression and trees see; more change nothing but the time they take."""

_INVERSE_REGULARISATION = 0.01
_MAX_ITERATIONS = 100
_TOLERANCE = 1e-3
_NUM_TREES = 100

Scores = npt.NDArray[np.float64]
Fitter = Callable[[TrainingSet, Split, FitConfig], PairScorer]


def pair_features(fg: FloatArray, bg: FloatArray) -> FloatArray:
    """Returns [n, 4 F] features of pairs: both layers, their distance and their product."""
    features: FloatArray = np.concatenate([fg, bg, np.abs(fg - bg), fg * bg], axis=1)
    return features


def row_weights(training_set: TrainingSet, rows: IntArray, config: FitConfig) -> Scores:
    """Returns how much each of `rows` counts in the net's fit, 1 on average.

    A source's share of the draws, over its rows, times its weight in the loss.
    """
    source = training_set.source[rows]
    counts = np.bincount(source, minlength=len(Source))
    of_source = [
        SOURCE_SHARES[kind] * config.source_weights[kind] / max(counts[kind], 1) for kind in Source
    ]
    weights = np.array(of_source, dtype=np.float64)[source]
    relative: Scores = weights / weights.mean()
    return relative


class _Features:
    """Standardised pair features of one training set; a missing one is the mean.

    What was measured of a pair, if that is told, stands behind what its presets' texts say.
    """

    def __init__(self, training_set: TrainingSet, split: Split) -> None:
        features = training_set.preset_features
        self._presets = _standardised(features, ~split.held_out_presets)
        pairs = training_set.pair_inputs
        fg, bg = (~split.held_out_presets[rows] for rows in pairs.pairs)
        self._pairs = replace(pairs, values=_standardised(pairs.values, fg & bg))

    def of(self, fg_index: IntArray, bg_index: IntArray) -> FloatArray:
        features = pair_features(self._presets[fg_index], self._presets[bg_index])
        if self._pairs.width == 0:
            return features
        measured = np.nan_to_num(self._pairs.of(fg_index, bg_index))
        return np.concatenate([features, measured], axis=1)


def _standardised(values: FloatArray, seen: BoolArray) -> FloatArray:
    """Returns [n, F] values at the mean 0 and deviation 1 of those that are seen; NaN is 0."""
    known = values[seen].astype(np.float64) if seen.any() else np.zeros((1, values.shape[1]))
    std = np.nan_to_num(np.nanstd(known, axis=0))
    standard = (values - np.nanmean(known, axis=0)) / np.where(std > 0, std, 1)
    return np.asarray(np.nan_to_num(standard), np.float32)


def fit_constant(training_set: TrainingSet, split: Split, config: FitConfig) -> PairScorer:
    """Says the weighted mean target of every pair."""
    rows = split.train.nonzero()[0]
    weights = row_weights(training_set, rows, config)
    mean = float(np.average(training_set.target[rows], weights=weights))
    return lambda fg_index, _: np.full(len(fg_index), mean)


def fit_luma_rule(training_set: TrainingSet, split: Split, config: FitConfig) -> PairScorer:
    """Says how bright a pair was measured, by the documented limits; needs no fit."""
    del split, config
    measured = ~np.isnan(training_set.measured_luma)
    pairs = zip(
        training_set.fg_index[measured].tolist(),
        training_set.bg_index[measured].tolist(),
        strict=True,
    )
    rule = {
        pair: luma01(luma)
        for pair, luma in zip(pairs, training_set.measured_luma[measured].tolist(), strict=True)
    }

    def score(fg_index: IntArray, bg_index: IntArray) -> Scores:
        pairs = zip(fg_index.tolist(), bg_index.tolist(), strict=True)
        return np.array([rule.get(pair, math.nan) for pair in pairs], dtype=np.float64)

    return score


def fit_target(training_set: TrainingSet, split: Split, config: FitConfig) -> PairScorer:
    """Says what a pair is worth as measured; needs no fit."""
    del split, config
    pairs = training_set.pair_inputs

    def score(fg_index: IntArray, bg_index: IntArray) -> Scores:
        if pairs.width == 0:
            return np.full(len(fg_index), np.nan)
        return pairs.of(fg_index, bg_index)[:, TARGET01].astype(np.float64)

    return score


def fit_logistic(training_set: TrainingSet, split: Split, config: FitConfig) -> PairScorer:
    """Fits logistic regression; a target t is a 1 of weight t and a 0 of weight 1 - t."""
    from sklearn.linear_model import LogisticRegression

    features, rows, weights = _fitted_rows(training_set, split, config)
    values = features.of(training_set.fg_index[rows], training_set.bg_index[rows])
    target = training_set.target[rows].astype(np.float64)
    model = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=_MAX_ITERATIONS, tol=_TOLERANCE)
    with _one_thread():
        model.fit(
            np.concatenate([values, values]),
            np.repeat([1, 0], len(rows)),
            sample_weight=np.concatenate([weights * target, weights * (1 - target)]),
        )

    def score(fg_index: IntArray, bg_index: IntArray) -> Scores:
        scores: Scores = model.predict_proba(features.of(fg_index, bg_index))[:, 1]
        return scores

    return score


def fit_trees(training_set: TrainingSet, split: Split, config: FitConfig) -> PairScorer:
    """Fits gradient-boosted regression trees to the targets."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    features, rows, weights = _fitted_rows(training_set, split, config)
    model = HistGradientBoostingRegressor(
        learning_rate=0.1,
        max_iter=_NUM_TREES,
        max_leaf_nodes=15,
        max_bins=63,
        max_features=0.1,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=config.seed,
    )
    values = features.of(training_set.fg_index[rows], training_set.bg_index[rows])
    with _one_thread():
        model.fit(values, training_set.target[rows], sample_weight=weights)

    def score(fg_index: IntArray, bg_index: IntArray) -> Scores:
        with _one_thread():
            scores: Scores = np.clip(model.predict(features.of(fg_index, bg_index)), 0.0, 1.0)
        return scores

    return score


BASELINES: Mapping[str, Fitter] = {
    "constant": fit_constant,
    "luma rule": fit_luma_rule,
    TARGET: fit_target,
    "logistic": fit_logistic,
    "trees": fit_trees,
}


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Keeps numerical libraries to one thread; on busy cores several wait for each other."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _fitted_rows(
    training_set: TrainingSet, split: Split, config: FitConfig
) -> tuple[_Features, IntArray, Scores]:
    """Returns features, rows and weights; of many negatives a seeded part with all their weight."""
    rows = split.train.nonzero()[0]
    negative = training_set.source[rows] == Source.NEGATIVE
    rng = np.random.default_rng(config.seed)
    drawn = rng.permutation(rows[negative])[:MAX_NEGATIVES]
    kept = np.sort(np.concatenate([rows[~negative], drawn]))
    return _Features(training_set, split), kept, row_weights(training_set, kept, config)
