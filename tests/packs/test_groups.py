from hypothesis import given
from hypothesis import strategies as st

from aivj.packs.groups import Groups

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)))


@given(PAIRS)
def test_groups_are_what_pairs_connect(pairs: list[tuple[int, int]]) -> None:
    groups = Groups(10)
    for one, other in pairs:
        groups.join(one, other)
    reached = {item: {item} for item in range(10)}
    for _ in range(10):
        for one, other in [*pairs, *((other, one) for one, other in pairs)]:
            reached[one] = reached[one] | reached[other]
    labels = groups.labels()
    assert all(
        (labels[one] == labels[other]) == (other in reached[one])
        for one in range(10)
        for other in range(10)
    )
    assert set(labels) == set(range(len({frozenset(items) for items in reached.values()})))


def test_equal_keys_join_and_none_does_not() -> None:
    groups = Groups(5)
    groups.join_equal(["a", None, "b", "a", None])
    assert groups.labels().tolist() == [0, 1, 2, 0, 3]


def test_nothing_has_no_groups() -> None:
    assert Groups(0).labels().tolist() == []
