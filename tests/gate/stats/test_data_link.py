import pytest

from aivj.gate.stats import LinkLimits, data_link_stat, read_selection_log

PREFIX = "run3-"


def log(matched=0, unmatched=0, others=0):
    lines = [f"selected preset {PREFIX}m{n} (m=0.1, tier=strict)" for n in range(matched)]
    lines += [f"selected preset {PREFIX}u{n}" for n in range(unmatched)]
    lines += [f"selected preset other{n} (m=0.1, tier=strict)" for n in range(others)]
    return read_selection_log(lines * 2)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"matched": 3, "unmatched": 3}, ""),
        ({"matched": 3, "unmatched": 2}, "5 presets selected, at least 6 are needed"),
        ({"matched": 2, "unmatched": 4}, "2 in the run manifest, at least 3 are needed"),
        ({"matched": 3, "unmatched": 27}, ""),
        ({"matched": 3, "unmatched": 28}, "a share of 0.097 in the run manifest, below 0.1"),
    ],
)
def test_both_sides_of_the_thresholds_without_a_prefix(counts, reason):
    result = data_link_stat(log(**counts))
    assert result.verdict == ("fail" if reason else "pass")
    assert result.reason == (reason or f"3 of {result.selected} presets are in the run manifest")


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"matched": 3, "unmatched": 2, "others": 6}, ""),
        ({"matched": 4, "others": 3}, "4 of them begin with run3-, at least 5 should"),
        ({"matched": 5}, "5 presets selected, at least 6 are needed"),
        ({"matched": 5, "others": 7}, "7 without that prefix, at most 6 may be"),
        ({"matched": 5, "unmatched": 4}, "a share of 0.556 in the run manifest, below 0.6"),
    ],
)
def test_both_sides_of_the_thresholds_with_a_prefix(counts, reason):
    result = data_link_stat(log(**counts), prefix=PREFIX)
    assert result.verdict == ("fail" if reason else "pass")
    assert reason in result.reason


def test_too_few_matches_with_a_prefix():
    limits = LinkLimits(min_ratio_prefix=0)
    result = data_link_stat(log(matched=1, unmatched=5), prefix=PREFIX, limits=limits)
    assert result.reason == "1 in the run manifest, at least 2 are needed"


def test_nothing_selected_is_no_pass():
    assert data_link_stat(log()).verdict == "not-applicable"
