"""k-means on vectors of presets."""

import numpy as np
import pytest
from sklearn.metrics import normalized_mutual_info_score

from aivj.errors import InputError
from aivj.styles.kmeans import grouped, kmeans

CENTRES = np.eye(4, 6) * 5


def blobs(sizes=(40, 30, 20, 10)):
    """Points around four centres, and which centre each is around."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), sizes)
    return (CENTRES[labels] + rng.normal(0, 0.5, (len(labels), 6))).astype(np.float32), labels


def test_blobs_are_found_and_numbered_by_size():
    vectors, labels = blobs()

    found = kmeans(vectors, 4, seed=1)

    assert normalized_mutual_info_score(labels, found.labels) == pytest.approx(1)
    assert np.bincount(found.labels).tolist() == [40, 30, 20, 10]
    assert np.allclose(found.centres[0], vectors[labels == 0].mean(axis=0), atol=1e-4)


def test_the_same_seed_gives_the_same_clusters():
    one, again = (kmeans(blobs()[0], 7, seed=3) for _ in range(2))

    assert one.labels.tolist() == again.labels.tolist()
    assert one.centres.tolist() == again.centres.tolist()


def test_nearest_come_nearest_first_and_are_members():
    vectors, labels = blobs()

    found = grouped(vectors, labels, 4)
    rows = found.nearest(2, 5)

    assert set(labels[rows]) == {2}
    assert found.distances[rows].tolist() == np.sort(found.distances[labels == 2])[:5].tolist()


@pytest.mark.parametrize("num", [0, 1, 4])
def test_more_clusters_than_presets_that_differ_are_refused(num):
    vectors = np.repeat(blobs()[0][:num], 3, axis=0)

    with pytest.raises(InputError) as caught:
        kmeans(vectors, 5)

    assert "5 presets that differ" in caught.value.expected
    assert caught.value.found == str(num)
