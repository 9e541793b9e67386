import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.embedding.targets import targets_of
from aivj.errors import InputError, NoContrastError

ASSIGNED = {"a": "c01", "b": "c00", "d": "c01", "e": "c01", "elsewhere": "c07"}


def test_clusters_by_hand():
    targets = targets_of(["a", "b", "c", "d", "e"], ASSIGNED, held_out_share=0.4, seed=0)
    assert targets.classes == ("c00", "c01")
    assert targets.places.tolist() == [0, 1, 3, 4]
    assert targets.labels.tolist() == [1, 0, 1, 1]
    # One of the three of c01; never the only one of c00.
    assert targets.held_out.sum() == 1
    assert not targets.held_out[1]
    assert targets.majority_share == 1.0


def test_nothing_to_learn_is_refused():
    with pytest.raises(InputError, match="none of them"):
        targets_of(["x"], ASSIGNED, held_out_share=0.2, seed=0)
    with pytest.raises(NoContrastError):
        targets_of(["a", "d"], ASSIGNED, held_out_share=0.2, seed=0)


@given(
    st.lists(st.sampled_from(["c00", "c01", "c02"]), min_size=2, max_size=60),
    st.floats(0, 0.9),
    st.integers(0, 99),
)
def test_each_cluster_is_learned_from_and_the_seed_decides(names, share, seed):
    if len(set(names)) < 2:
        return
    ids = [str(number) for number in range(len(names))]
    assigned = dict(zip(ids, names, strict=True))
    targets = targets_of(ids, assigned, held_out_share=share, seed=seed)
    learned = targets.labels[~targets.held_out]
    assert set(learned) == set(range(len(targets.classes)))
    again = targets_of(ids, assigned, held_out_share=share, seed=seed)
    assert np.array_equal(targets.held_out, again.held_out)
