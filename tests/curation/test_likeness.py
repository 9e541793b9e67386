"""Likeness that no pack decides, groups of one look, and what pictures reach."""

import numpy as np
import pytest
from curation.test_looks import pictures

from aivj.curation.coverage import NUM_MOTIONS, coverage
from aivj.curation.likeness import MIN_SAME_LOOK, draws, likeness, look_groups
from aivj.curation.looks import describe
from aivj.curation.vendi import vendi_of_kernel

KINDS = np.concatenate([describe(pictures(kind=kind, num=10)) for kind in range(12)])


def test_a_picture_is_wholly_like_itself_and_the_kernel_is_one() -> None:
    kernel = likeness(KINDS, KINDS)
    assert np.diag(kernel) == pytest.approx(1, abs=1e-5)
    assert np.linalg.eigvalsh(kernel.astype(np.float64)).min() > -1e-4
    assert kernel == pytest.approx(kernel.T, abs=1e-5)
    assert likeness(KINDS[:3], KINDS[:0]).shape == (3, 0)


def test_the_same_line_over_and_over_is_one_picture_and_kinds_are_several() -> None:
    same = KINDS[:1].repeat(50, axis=0) + 1e-3 * np.arange(50)[:, None]
    assert vendi_of_kernel(likeness(same, same)) < 1.1
    assert vendi_of_kernel(likeness(KINDS, KINDS)) > 6
    assert vendi_of_kernel(np.eye(7)) == pytest.approx(7)


def test_pictures_of_a_kind_are_one_group_and_no_chain_joins_others() -> None:
    groups = look_groups(KINDS)
    assert [len(group.members) for group in groups] == [10] * 12
    assert {place // 10 for place in groups[0].members} == {groups[0].leader // 10}
    chain = np.linspace(KINDS[0], KINDS[60], 400)
    joined = look_groups(chain)
    assert len(joined) > 2
    for group in joined:
        near = likeness(chain[[group.leader]], chain[list(group.members)])
        assert near.min() >= MIN_SAME_LOOK - 1e-4
    assert sorted(place for group in joined for place in group.members) == list(range(400))


def test_draws_are_decided_by_the_seed() -> None:
    assert (draws(30, 12, 5, 1) == draws(30, 12, 5, 1)).all()
    assert (draws(30, 12, 5, 1) != draws(30, 12, 5, 2)).any()
    assert all(len(set(row)) == 12 for row in draws(30, 12, 5, 1).tolist())


def test_dark_and_still_pictures_reach_one_colour_and_one_motion() -> None:
    dark = np.zeros_like(pictures(kind=0, num=20))
    reached = coverage(describe(dark))
    assert (reached.num_colours, reached.num_motions) == (1, 1)
    assert reached.effective_colours == pytest.approx(1)
    assert reached.luma.max() == pytest.approx(0)
    varied = coverage(KINDS)
    assert varied.num_colours > 10
    assert 1 < varied.effective_colours <= 64
    assert varied.num_motions <= NUM_MOTIONS
    assert varied.colour_shares.sum() == pytest.approx(1)
