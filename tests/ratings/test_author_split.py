from dataclasses import replace

import numpy as np
import pytest

from aivj.errors import InputError
from aivj.presets.author import preset_family
from aivj.ratings import RatedPreset
from aivj.ratings.author_split import NUM_FOLDS, AuthorSplit


def test_each_preset_is_judged_once_by_what_other_authors_made(
    rated: tuple[RatedPreset, ...],
) -> None:
    authors = np.array([preset_family(preset.name, preset.milk) for preset in rated])
    folds = list(AuthorSplit(rated).folds(seed=0))
    assert len(folds) == NUM_FOLDS
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(rated)))
    for fold in folds:
        assert not set(authors[fold.train]) & set(authors[fold.test])
        assert len(fold.train) + fold.num_removed + len(fold.test) == len(rated)


def test_near_duplicates_of_the_judged_are_not_learned_from(
    rated: tuple[RatedPreset, ...],
) -> None:
    remix = replace(rated[0], name="somebody else - remix.milk")
    presets = (*rated, remix)
    for fold in AuthorSplit(presets).folds(seed=0):
        for one, other in ((0, len(rated)), (len(rated), 0)):
            if one in fold.test:
                assert other not in fold.train
                assert fold.num_removed == (other not in fold.test)


def test_the_seed_decides(rated: tuple[RatedPreset, ...]) -> None:
    def tests(seed: int) -> list[list[int]]:
        return [fold.test.tolist() for fold in AuthorSplit(rated).folds(seed)]

    assert tests(1) == tests(1) != tests(2)


def test_authors_are_counted(rated: tuple[RatedPreset, ...]) -> None:
    split = AuthorSplit([*rated, *([replace(rated[0], name="author0x - new.milk")] * 6)])
    assert split.num_authors == 8
    assert split.largest_share == 12 / 54


def test_few_authors_are_refused(rated: tuple[RatedPreset, ...]) -> None:
    alone = [replace(preset, name=f"me - {preset.name}") for preset in rated]
    with pytest.raises(InputError, match="name a pack that several people made"):
        AuthorSplit(alone)
