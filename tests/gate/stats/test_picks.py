import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.gate.stats import LoggedPick, pick_stat, read_picks

SCORES = {pair: pair / 10 for pair in range(10)}
WORDS = st.from_regex(r"[a-z_0-9]{1,12}", fullmatch=True)


def line(mode, pair, q="na", pack="tested"):
    return f"[info] [sel] mode={mode} pack={pack} pair={pair} q={q} presetId=x reason=verify"


def stat(*lines):
    return pick_stat(read_picks(lines), "tested", SCORES)


@settings(deadline=None)
@given(WORDS, WORDS, st.integers(0, 2**53 - 1), st.none() | st.floats(0, 1), WORDS, st.text("a -"))
def test_a_line_is_read_back(mode, pack, pair, q, preset_id, reason):
    text = (
        f"[sel] mode={mode} pack={pack} pair={pair} q={'na' if q is None else q} "
        f"presetId=coupled:{preset_id} reason={reason}"
    )
    expected = LoggedPick(mode, pack, pair, q, f"coupled:{preset_id}", reason)
    assert read_picks([text]).entries == (expected,)


@settings(deadline=None)
@given(st.lists(st.text() | st.text().map(lambda tail: f"[sel] mode=weighted {tail}")))
def test_any_text_is_read_and_each_line_is_counted_once(lines):
    log = read_picks(lines)
    assert len(log.entries) + log.num_bad_lines == sum("[sel]" in line for line in lines)


@pytest.mark.parametrize(("pair", "q"), [("x", "0.5"), (-1, "0.5"), (2**53, "0.5"), (1, "NaN")])
def test_lines_that_are_bad(pair, q):
    log = read_picks([line("weighted", pair, q)])
    assert (log.entries, log.num_bad_lines) == ((), 1)


@pytest.mark.parametrize(
    ("weighted", "shuffle", "verdict"),
    [
        ([9] * 50, [1] * 50, "pass"),
        ([9] * 49, [1] * 50, "not-applicable"),
        ([9] * 50, [1] * 49, "not-applicable"),
        ([5] * 50, [5] * 50, "fail"),
        ([6] * 50, [5] * 50, "fail"),
        ([1] * 50, [9] * 50, "fail"),
        ([], [1] * 50, "not-applicable"),
    ],
)
def test_both_sides_of_the_thresholds(weighted, shuffle, verdict):
    lines = [line("weighted", pair) for pair in weighted]
    lines += [line("shuffle", pair) for pair in shuffle]
    assert stat(*lines).verdict == verdict


def test_the_score_of_the_line_comes_first_and_what_has_none_is_left_out():
    result = stat(
        line("weighted", 1, q=0.75),
        line("weighted", 99),
        line("shuffle", 2),
        line("random", 3),
        line("weighted", 4, pack="other"),
    )
    assert (result.weighted, result.shuffle, result.unscored, result.others) == (1, 1, 1, 2)
    assert result.uplift.weighted.avg_quality == 0.75
    assert result.uplift.shuffle.avg_quality == 0.2
    assert result.uplift.top20_threshold == 0.7


def test_what_the_runtime_s_pick_sampler_prints_is_counted():
    lines = [
        "sampling 3 picks",
        "#1 pair=3 q=0.5 mode=weighted reason=sample",
        "mode=shuffle pair=6 quality01=null",
        "pair=x mode=weighted",
    ]

    log = read_picks(lines)

    assert (log.num_lines, log.num_bad_lines) == (4, 0)
    seen = [(pick.pair, pick.mode, pick.pack, pick.quality01) for pick in log.entries]
    assert seen == [(3, "weighted", "", 0.5), (6, "shuffle", "", None)]
    stat = pick_stat(log, "tested", {3: 0.4, 6: 0.2})
    assert (stat.weighted, stat.shuffle, stat.others) == (1, 1, 0)
