"""Folds in which no author and no near-duplicate is both learned from and judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aivj.errors import InputError
from aivj.packs.duplicates import near_duplicates
from aivj.packs.groups import IntArray
from aivj.presets.author import preset_family
from aivj.ratings.rated_presets import RatedPreset

NUM_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Fold:
    """One part of the presets to be judged by what is learned from others.

    Attributes:
        train: Places of the presets to learn from.
        test: Places of the presets to judge.
        num_removed: Presets that are neither: near-duplicates of those to be judged.
    """

    train: IntArray
    test: IntArray
    num_removed: int


class AuthorSplit:
    """Deals presets into folds by their first author.

    Attributes:
        num_authors: First authors.
        largest_share: Share of presets that the most frequent one has.

    Raises:
        InputError: There are fewer authors than folds.
    """

    def __init__(self, presets: Sequence[RatedPreset]) -> None:
        families = [preset_family(preset.name, preset.milk) for preset in presets]
        self._authors = np.unique(families, return_inverse=True)[1]
        self._alike = near_duplicates(preset.milk for preset in presets)
        sizes = np.bincount(self._authors)
        self.num_authors = len(sizes)
        self.largest_share = float(sizes.max() / len(presets))
        if self.num_authors < NUM_FOLDS:
            raise InputError(
                f"presets of at least {NUM_FOLDS} authors, so that some can be held out",
                f"{self.num_authors}",
                "name a pack that several people made",
            )

    def folds(self, seed: int) -> Iterator[Fold]:
        """Yields the folds of one shuffle of the authors; each preset is judged once."""
        from sklearn.model_selection import GroupKFold

        splitter = GroupKFold(NUM_FOLDS, shuffle=True, random_state=seed)
        for train, test in splitter.split(self._authors, groups=self._authors):
            is_alike = np.isin(self._alike[train], self._alike[test])
            yield Fold(train[~is_alike], test, int(is_alike.sum()))
