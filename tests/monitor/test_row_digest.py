import json

from hypothesis import given
from hypothesis import strategies as st
from monitor.made_runs import compact, failure, row

from aivj.monitor.pair_set import PairSet
from aivj.monitor.row_digest import Histogram, RowDigest
from aivj.monitor.time_steps import TimeSteps


def digest_of(lines, failures=()):
    digest = RowDigest(luma_min=0.06, motion_min=1.5e-5)
    for line in lines:
        digest.add_row(line if isinstance(line, bytes) else compact(line).encode())
    for line in failures:
        digest.add_failure(compact(line).encode())
    return digest


def test_repetitions_bad_lines_and_rows_without_a_pair_are_counted_as_the_contract_does():
    lines = [
        row(7),
        row(7),
        row(0),
        row(None),
        b"{broken",
        b"",
        b'{"pair":3,"pack":"demo_pack"}',
        row(7, pack="other"),
        b'{"pack": "demo_pack", "pair": 9}',
    ]
    digest = digest_of(lines)
    assert digest.derived(b"") == (8, 4, {"demo_pack": 2, "other": 1})
    assert digest.derived(b'{"pack":"demo_pack","pair":8') == (9, 4, {"demo_pack": 3, "other": 1})
    assert digest.derived(b'{"pack":"demo') == (9, 5, {"demo_pack": 2, "other": 1})
    assert digest.num_bad_lines == 1


def test_what_was_visited_is_what_was_measured_or_failed():
    digest = digest_of([row(1), row(2)], [failure(2), failure(3, "gpu-crash")])
    pack = digest.packs["demo_pack"]
    assert (pack.visited.num, pack.done.num, pack.num_failed) == (2, 3, 2)
    assert digest.failures == {"script-error": 1, "gpu-crash": 1}


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["pack", "pair", "tMs", "reasons", "vizAvgLuma", "okHeuristic", "kind"]
                ),
                inner,
                max_size=7,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_line_is_counted_and_none_breaks_it(line):
    digest = digest_of([line])
    digest.add_failure(line)
    assert digest.lines == (1 if line.strip() else 0)
    assert digest.num_rows <= 1
    digest.steps.series()


def test_foreign_words_do_not_grow_without_end():
    digest = digest_of([row(number, reasons=[f"word{number}"]) for number in range(500)])
    assert len(digest.reasons) <= 65
    assert digest.reasons["others"] == 500 - 64


@given(st.lists(st.integers(0, 1 << 40), max_size=50))
def test_a_set_of_pairs_is_a_set(pairs):
    found = PairSet()
    assert [found.add(pair) for pair in pairs] == [
        pair not in pairs[:place] for place, pair in enumerate(pairs)
    ]
    assert found.num == len(set(pairs))


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_steps_lose_nothing_however_long_it_goes_on(seconds):
    steps = TimeSteps()
    for second in seconds:
        steps.add(second * 1000, row=True, fresh=False)
    series = steps.series()
    assert sum(series.rows) == len(seconds)
    assert len(series.rows) <= 361
    assert min(seconds) - series.width_s < series.start_s <= min(seconds)


def test_rates_are_of_the_last_minute_and_of_whole_quarters_of_an_hour():
    steps = TimeSteps()
    for second in range(7200):
        steps.add(second * 1000, row=second % 2 == 0, fresh=False)
    assert steps.num_in_last_minute(7199.5) == 60
    assert steps.num_in_last_minute(9000) == 0
    assert steps.num_between(7200 - 900, 7200) == 900
    assert steps.num_between(3600 - 900, 3600) == 900


def test_a_histogram_keeps_what_lies_beyond_in_its_outermost_columns():
    histogram = Histogram("x", -7, -1, is_log=True, num_columns=6)
    for value in (1e-9, 0, 1.5e-5, 3.0, None, "1", float("nan")):
        histogram.add(value)
    assert histogram.counts == [2, 0, 1, 0, 0, 1]
    assert histogram.num_unknown == 3
