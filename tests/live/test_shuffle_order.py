from hypothesis import given
from hypothesis import strategies as st

from aivj.live.shuffle_order import missing_first


@given(
    st.lists(st.integers(0, 500), unique=True, max_size=40),
    st.data(),
    st.integers(1, 4),
    st.integers(0, 9),
)
def test_an_order_of_all_places_with_those_never_visited_first(pairs, data, num_workers, seed):
    visited = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []

    orders = [missing_first(pairs, visited, page, num_workers, seed) for page in range(num_workers)]

    num_missing = len(pairs) - len(visited)
    for order in orders:
        assert sorted(order) == list(range(len(pairs)))
        assert not {pairs[place] for place in order[:num_missing]} & {*visited}


def test_pages_begin_with_shares_of_their_own():
    pairs = list(range(10))

    first, second = (missing_first(pairs, [], page, 2, seed=1) for page in range(2))

    assert not {*first[:5]} & {*second[:5]}


def test_what_nobody_wants_to_see_comes_last_of_all_and_is_no_probe():
    pairs = [4, None, 7, 9, 2]

    order = missing_first(pairs, [4, 7], 0, 1, seed=1, aside=[9], never=[7, None], probe=True)

    # A missing one, one that was shown, the one set aside, then the unwanted.
    assert [pairs[place] for place in order[:3]] == [2, 9, 4]
    assert {pairs[place] for place in order[3:]} == {None, 7}
