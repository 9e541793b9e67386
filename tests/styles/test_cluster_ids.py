"""Ids of clusters from one clustering to the next."""

import random

from aivj.styles.cluster_ids import kept_ids

PRESETS = [f"p{number}" for number in range(12)]
LABELS = [0] * 6 + [1] * 4 + [2] * 2
BEFORE = {preset: f"c{label + 1:02}" for preset, label in zip(PRESETS, LABELS, strict=True)}


def test_a_first_clustering_counts_from_one():
    assert kept_ids(LABELS, PRESETS, {}, 3) == ["c01", "c02", "c03"]
    many = kept_ids([0], ["p"], {}, 120)
    assert (many[0], many[-1]) == ("c001", "c120")


def test_groups_keep_their_ids_however_they_are_numbered():
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]):
        ids = kept_ids([order[label] for label in LABELS], PRESETS, BEFORE, 3)

        assert [ids[order[label]] for label in range(3)] == ["c01", "c02", "c03"]


def test_most_presets_keep_their_id_though_some_changed_and_others_are_new():
    labels = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2]

    ids = kept_ids(labels, [*PRESETS, "new1", "new2"], BEFORE, 3)

    assert ids == ["c02", "c01", "c03"]


def test_a_group_that_takes_nobody_over_gets_an_id_that_was_not_there():
    before = {"p0": "c01", "gone": "c03"}

    assert kept_ids([0, 1, 1], ["p0", "x", "y"], before, 2) == ["c01", "c02"]
    assert kept_ids([0, 1, 2], ["x", "p0", "y"], {"p0": "c02"}, 3) == ["c01", "c02", "c03"]


def test_ids_are_never_given_twice():
    rng = random.Random(4)
    for _ in range(50):
        presets = [f"p{number}" for number in range(rng.randint(1, 30))]
        before = {preset: f"c{rng.randint(1, 9):02}" for preset in presets if rng.random() < 0.7}
        num = rng.randint(1, 9)
        ids = kept_ids([rng.randrange(num) for _ in presets], presets, before, num)
        assert len(set(ids)) == num
