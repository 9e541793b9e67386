"""Vectors of pairs: alike for pictures that look alike, however many are described at once."""

import numpy as np
import pytest

from aivj.curation.looks import NUM_LOOKED_AT, Whitening, describe, looked_at
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS, Bytes


def pictures(*, kind: int, seed: int = 0, num: int = 1) -> Bytes:
    """Returns composites of a kind: its colour, how coarse it is, and how it moves."""
    rng = np.random.default_rng((kind, seed))
    coarse = 2 ** (kind % 3)
    shape = (num, NUM_LOOKED_AT, 2, CELL_ROWS // coarse, CELL_COLUMNS // coarse, 3)
    colour = np.array([40 + 60 * (kind % 4), 200 - 50 * (kind % 3), 90 + 40 * (kind % 5)])
    noisy = np.clip(rng.normal(colour, 30, shape), 0, 255).astype(np.uint8)
    return noisy.repeat(coarse, axis=3).repeat(coarse, axis=4)


REFERENCE = describe(np.concatenate([pictures(kind=kind, seed=9, num=20) for kind in range(12)]))

WHITENING = Whitening.of(REFERENCE)


def cosine(one: Bytes, other: Bytes) -> float:
    looks = WHITENING.looks(describe(np.concatenate([one, other])))
    return float(looks[0] @ looks[1])


def test_frames_are_looked_at_with_the_one_before_and_all_along() -> None:
    frames = looked_at(41)
    assert frames.shape == (NUM_LOOKED_AT, 2)
    assert (np.diff(frames, axis=1) == 1).all()
    assert frames[0, 1] <= 7
    assert frames[-1, 1] >= 35


def test_the_shortest_measurement_can_be_looked_at() -> None:
    assert looked_at(2).tolist() == [[0, 1]] * NUM_LOOKED_AT


def test_pictures_of_a_kind_are_more_alike_than_those_of_two() -> None:
    kinds = range(10)
    same = [cosine(pictures(kind=kind), pictures(kind=kind, seed=1)) for kind in kinds]
    other = [cosine(pictures(kind=kind), pictures(kind=kind + 1)) for kind in kinds]
    assert np.mean(same) > np.mean(other) + 0.2


@pytest.mark.parametrize("what", ["colour", "layout", "motion", "fineness"])
def test_each_kind_of_figure_is_seen(what: str) -> None:
    plain = np.full((1, NUM_LOOKED_AT, 2, CELL_ROWS, CELL_COLUMNS, 3), 120, np.uint8)
    changed = plain.copy()
    if what == "colour":
        changed[..., 0] = 250
    elif what == "layout":
        changed[..., :12, :, :] = 60
    elif what == "motion":
        changed[:, :, 0] = 60
    else:
        changed[..., ::2, :, :] = 60
    before, after = describe(plain)[0], describe(changed)[0]
    bounds = {"colour": (0, 64), "layout": (64, 112), "motion": (112, 124), "fineness": (124, 144)}
    start, end = bounds[what]
    assert np.abs(after - before)[start:end].max() > 0.1


def test_a_pair_is_described_alike_alone_and_among_others() -> None:
    many = np.concatenate([pictures(kind=kind) for kind in range(5)])
    together = describe(many)
    apart = np.concatenate([describe(each[None]) for each in many])
    np.testing.assert_allclose(together, apart, atol=1e-9)


def test_no_pair_is_described_by_nothing() -> None:
    none = describe(pictures(kind=0)[:0])
    assert WHITENING.looks(none).shape == (0, 24)


def test_vectors_have_unit_length() -> None:
    looks = WHITENING.looks(REFERENCE)
    assert looks.shape == (240, 24)
    np.testing.assert_allclose(np.linalg.norm(looks, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("num_references", [1, 3])
def test_a_reference_all_alike_tells_nothing_apart(num_references: int) -> None:
    alike = np.repeat(REFERENCE[:1], num_references, axis=0)
    looks = Whitening.of(alike).looks(REFERENCE)
    assert looks.tolist() == [[1.0]] * len(REFERENCE)
