import pytest

from aivj.gate.stats import read_selection_log, selection_stat


def stat(*motions, unmatched=0):
    lines = [f"selected preset p{n} (m={motion}, tier=strict)" for n, motion in enumerate(motions)]
    lines += [f"selected preset u{n}" for n in range(unmatched)]
    return selection_stat(read_selection_log(lines))


@pytest.mark.parametrize(
    ("motions", "verdict", "reason"),
    [
        ([0.06] * 4 + [0.01], "pass", "4 of 5 matched picks move"),
        ([0.06] * 79 + [0.01] * 21, "fail", "79 of 100 matched picks move"),
        ([0.050001], "pass", "1 of 1 matched picks move"),
        ([0.05], "fail", "0 of 1 matched picks move"),
    ],
)
def test_both_sides_of_the_thresholds(motions, verdict, reason):
    result = stat(*motions, unmatched=50)
    assert (result.verdict, result.reason) == (verdict, reason)
    assert (result.picks, result.matched) == (50 + len(motions), len(motions))


def test_picks_without_motion_prove_nothing():
    result = stat(unmatched=3)
    assert (result.verdict, result.moving_share) == ("not-applicable", None)
    assert result.reason == "3 picks, none of them with a motion"
    assert stat().verdict == "not-applicable"


def test_bad_lines_are_counted_and_are_no_picks():
    log = read_selection_log(["selected preset a (m=1)", "selected preset b (m=x)", "other"])
    result = selection_stat(log)
    assert (result.num_lines, result.num_bad_lines, result.picks) == (3, 1, 1)
