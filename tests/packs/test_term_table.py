"""Terms of many presets, side by side."""

from collections import Counter

from aivj.packs.term_table import TermTable

PRESETS = [Counter("aab"), Counter(""), Counter("bcc"), Counter("b")]


def test_counts_stand_in_the_order_of_the_vocabulary():
    table = TermTable.of(PRESETS)

    counts = table.counts(["c", "a", "never"])

    assert len(table) == 4
    assert counts.toarray().tolist() == [[0, 2, 0], [0, 0, 0], [2, 0, 0], [0, 0, 0]]
    assert all(row.indices.tolist() == sorted(row.indices) for row in counts)


def test_terms_of_few_and_of_many_can_be_left_out():
    table = TermTable.of(PRESETS)

    assert table.frequent(1, 3) == ["a", "b", "c"]
    assert table.frequent(1, 2) == ["a", "c"]
    assert table.frequent(2, 4) == ["b"]


def test_some_rows_are_a_table_of_their_own():
    part = TermTable.of(PRESETS).rows([2, 0])

    assert part.counts(["a", "b", "c"]).toarray().tolist() == [[0, 1, 2], [2, 1, 0]]
    assert part.frequent(1, 1) == ["a", "c"]
    assert TermTable().counts(["a"]).shape == (0, 1)
