"""How well styles are told of presets whose authors were not learned from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aivj.packs.groups import IntArray
from aivj.packs.term_space import TermSpace
from aivj.packs.term_table import TermTable
from aivj.statistics import interval95, resamples
from aivj.styles.sorted_folder import Flags, SortedFolder
from aivj.styles.taught import Floats, StyleModel

NUM_FOLDS = 5
NUM_NEIGHBOURS = 5

MAX_ASKED = 200
"""Presets of a fold whose neighbours are looked for; more take longer than all learning."""

_NUM_TRIES = 3
_NEVER = -5.0  # margins of what is learned hardly go below -2


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What was said of presets by those who had not seen their authors.

    Attributes:
        is_of: [N, S] their styles.
        margins: [N, S] of taught models.
        untaught: [N] the style that the nearest presets of others have; -1 for presets of large
            folders that were not asked.
        common: [N] the most frequent style among those learned from.
        authors: [N] a number for each author.
    """

    is_of: Flags
    margins: Floats
    untaught: IntArray
    common: IntArray
    authors: IntArray

    def share_right(self, guesses: IntArray) -> float:
        """Returns how often guesses are one of the preset's own styles; -1 is no guess."""
        return float(self._are_right(guesses)[guesses >= 0].mean())

    @property
    def guesses(self) -> IntArray:
        """[N] what taught models say first."""
        return np.asarray(self.margins.argmax(axis=1), np.int64)

    @property
    def top3(self) -> float:
        """How often one of the first three is one of the preset's own."""
        best = np.argsort(-self.margins, axis=1, kind="stable")[:, :_NUM_TRIES]
        return float(np.take_along_axis(self.is_of, best, axis=1).any(axis=1).mean())

    def interval(self) -> tuple[float, float]:
        """Returns the 95 % interval of what is told right, by a bootstrap over authors."""
        right = self._are_right(self.guesses).astype(np.float64)
        num_right = np.bincount(self.authors, right)
        num_all = np.bincount(self.authors)
        shares = np.concatenate(
            [(num_right @ drawn) / (num_all @ drawn) for drawn in resamples(len(num_all), seed=0)]
        )
        return interval95(shares)

    def _are_right(self, guesses: IntArray) -> Flags:
        return np.asarray(self.is_of[np.arange(len(guesses)), guesses])


def hold_out(folder: SortedFolder) -> HeldOut | None:
    """Deals presets into folds by their authors, and holds each fold out once.

    A style that only held-out authors have is never guessed, which counts against it.

    Returns:
        None where there are fewer than two authors.
    """
    authors = np.unique(np.array(folder.authors), return_inverse=True)[1].astype(np.int64)
    num_folds = min(NUM_FOLDS, int(authors.max()) + 1)
    if num_folds <= 1:
        return None
    margins = np.full(folder.is_of.shape, _NEVER)
    untaught, common = np.full((2, len(folder)), -1, np.int64)
    rng = np.random.default_rng(0)
    for train, test in _folds(authors, num_folds):
        known, asked = folder.terms.rows(train), folder.terms.rows(test)
        is_of = folder.is_of[train]
        learned = np.flatnonzero(is_of.any(axis=0) & ~is_of.all(axis=0))
        model = StyleModel.fit(known, folder.features[train], is_of[:, learned])
        margins[np.ix_(test, learned)] = model.margins(asked, folder.features[test])
        some = np.sort(rng.permutation(test)[:MAX_ASKED])
        untaught[some] = neighbours_say(model.space, known, folder.terms.rows(some), is_of)
        common[test] = is_of.sum(axis=0).argmax()
    return HeldOut(folder.is_of, margins, untaught, common, authors)


def neighbours_say(space: TermSpace, known: TermTable, asked: TermTable, is_of: Flags) -> IntArray:
    """Returns the style that most of the five nearest presets have; the nearest among equals.

    Args:
        space: What terms weigh.
        known: Terms of the presets that may be neighbours.
        asked: Terms of those whose styles are asked for.
        is_of: Styles of the first.
    """
    weighed = space.weigh(known)
    said = []
    for row in space.weigh(asked):
        likeness = np.asarray((weighed @ row.T).todense()).ravel()
        nearest = np.argsort(-likeness, kind="stable")[:NUM_NEIGHBOURS]
        votes = is_of[nearest].sum(axis=0)
        leaders = votes == votes.max()
        first = next(place for place in nearest if (is_of[place] & leaders).any())
        said.append(int((is_of[first] & leaders).argmax()))
    return np.array(said, np.int64)


def _folds(authors: IntArray, num_folds: int) -> Iterator[tuple[IntArray, IntArray]]:
    from sklearn.model_selection import GroupKFold

    yield from GroupKFold(num_folds, shuffle=True, random_state=0).split(authors, groups=authors)
