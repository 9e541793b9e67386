"""How well styles are told of presets whose authors were not learned from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from aivj.packs.groups import IntArray
from aivj.packs.term_space import TermSpace
from aivj.packs.term_table import TermTable
from aivj.statistics import interval95, resamples
from aivj.styles.pictures import PICTURE_SHARE, Pictures
from aivj.styles.planes import Flags, Floats
from aivj.styles.sorted_folder import SortedFolder
from aivj.styles.taught import StyleModel

NUM_FOLDS = 5
NUM_NEIGHBOURS = 5

MAX_ASKED = 200
"""Presets of a fold whose neighbours are looked for; more take longer than all learning."""

NUM_TRIES = 3
"""Guesses, one of which is to be right."""

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
    def num_authors(self) -> int:
        """How many authors there are."""
        return len(np.unique(self.authors))

    def are_right(self, num_tries: int) -> Floats:
        """Returns which presets have one of the likeliest styles, [N] of 0 and 1."""
        best = np.argsort(-self.margins, axis=1, kind="stable")[:, :num_tries]
        right = np.take_along_axis(self.is_of, best, axis=1).any(axis=1)
        return np.asarray(right, np.float64)

    @property
    def top3(self) -> float:
        """How often one of the first three is one of the preset's own."""
        return float(self.are_right(NUM_TRIES).mean())

    def interval(self) -> tuple[float, float]:
        """Returns the 95 % interval of what is told right, by a bootstrap over authors."""
        return author_interval(self.are_right(1), self.authors)

    def rows(self, places: IntArray) -> "HeldOut":
        """Returns what was said of some of the presets."""
        return HeldOut(
            self.is_of[places],
            self.margins[places],
            self.untaught[places],
            self.common[places],
            self.authors[places],
        )

    def _are_right(self, guesses: IntArray) -> Flags:
        return np.asarray(self.is_of[np.arange(len(guesses)), guesses])


@dataclass(frozen=True, eq=False)
class HeldOutPictures:
    """What was said of the M of these presets that have a picture.

    Attributes:
        places: [M] which they are.
        seen: By text and picture.
        text: Of the same presets, by text alone.
    """

    places: IntArray
    seen: HeldOut
    text: HeldOut

    @property
    def gain(self) -> float:
        """How much more often the first guess is right for the picture."""
        return float((self.seen.are_right(1) - self.text.are_right(1)).mean())

    def gain_interval(self) -> tuple[float, float]:
        """Returns its 95 % interval, by a bootstrap over authors."""
        more = self.seen.are_right(1) - self.text.are_right(1)
        return author_interval(more, self.seen.authors)


@dataclass(frozen=True, eq=False)
class Judged:
    """What was said of all presets by text alone, and of those with pictures by both."""

    text: HeldOut
    pictures: HeldOutPictures | None = None

    @property
    def guesses(self) -> IntArray:
        """[N] what a model says first of the presets as they are."""
        guesses = self.text.guesses
        if self.pictures is not None:
            guesses[self.pictures.places] = self.pictures.seen.guesses
        return guesses


def hold_out(
    folder: SortedFolder,
    pictures: Pictures | None = None,
    *,
    picture_share: float = PICTURE_SHARE,
    seed: int = 0,
) -> Judged | None:
    """Deals presets into folds by their authors, and holds each fold out once.

    A style that only held-out authors have is never guessed, which counts against it. What
    pictures have in common is taken from those that are learned from, as a model does that is kept.

    Args:
        folder: N presets.
        pictures: Of the N presets.
        picture_share: Length of the pictures' part; that of the terms is 1.
        seed: How authors are dealt.

    Returns:
        None where there are fewer than two authors.
    """
    authors = np.unique(np.array(folder.authors), return_inverse=True)[1].astype(np.int64)
    num_folds = min(NUM_FOLDS, int(authors.max()) + 1)
    if num_folds <= 1:
        return None
    margins, seen = np.full((2, *folder.is_of.shape), _NEVER)
    untaught, common = np.full((2, len(folder)), -1, np.int64)
    rng = np.random.default_rng(seed)
    for train, test in _folds(authors, num_folds, seed):
        known, asked = folder.terms.rows(train), folder.terms.rows(test)
        is_of = folder.is_of[train]
        learned = np.flatnonzero(is_of.any(axis=0) & ~is_of.all(axis=0))
        model = StyleModel.fit(
            known,
            folder.features[train],
            is_of[:, learned],
            pictures=pictures and pictures.rows(train),
            picture_share=picture_share,
        )
        inputs = model.text_inputs(asked, folder.features[test])
        margins[np.ix_(test, learned)] = model.text.margins(inputs)
        if model.seen is not None and pictures is not None:
            both = model.seen.inputs(inputs, pictures.rows(test))
            seen[np.ix_(test, learned)] = model.seen.planes.margins(both)
        some = np.sort(rng.permutation(test)[:MAX_ASKED])
        untaught[some] = neighbours_say(model.space, known, folder.terms.rows(some), is_of)
        common[test] = is_of.sum(axis=0).argmax()
    text = HeldOut(folder.is_of, margins, untaught, common, authors)
    if pictures is None:
        return Judged(text)
    places = np.flatnonzero(pictures.are_there)
    by_both = replace(text, margins=seen).rows(places)
    return Judged(text, HeldOutPictures(places, by_both, text.rows(places)))


def author_interval(values: Floats, authors: IntArray) -> tuple[float, float]:
    """Returns the 95 % interval of presets' mean value, by a bootstrap over authors.

    Args:
        values: [N].
        authors: [N] a number for each author.
    """
    numbers = np.unique(authors, return_inverse=True)[1]
    sums, sizes = np.bincount(numbers, values), np.bincount(numbers)
    drawn = resamples(len(sizes), seed=0)
    return interval95(np.concatenate([(sums @ each) / (sizes @ each) for each in drawn]))


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


def _folds(authors: IntArray, num_folds: int, seed: int) -> Iterator[tuple[IntArray, IntArray]]:
    from sklearn.model_selection import GroupKFold

    yield from GroupKFold(num_folds, shuffle=True, random_state=seed).split(authors, groups=authors)
