import pytest

from aivj.gate.run_check import check_run


def test_shares_are_told(good_run):
    assert check_run(good_run.path).notes == [
        "okHeuristic 80.0% of 10 rows; too-dark 20.0%, low-motion 10.0%",
        "1 of 11 pairs (9.1%) could not be measured: script-error 1",
    ]


@pytest.mark.parametrize("name", ["overnight-2026-03-01_010000", "_smoke_coupled_20260301_010000"])
def test_names_of_the_contract_are_not_worth_a_note(good_run, name):
    folder = good_run.path.rename(good_run.path.with_name(name))
    assert len(check_run(folder).notes) == 2


def test_another_name_is_told_and_fails_nothing(good_run):
    folder = good_run.path.rename(good_run.path.with_name("mine"))
    report = check_run(folder)
    assert report.notes[0].startswith("the folder is called 'mine'")
    assert report.passed


def test_a_uniform_pack_is_told_and_fails_nothing(good_run):
    for number in range(1, 11):
        dark = {"okHeuristic": False, "reasons": ["too-dark"], "vizAvgFrameDelta": 0.001 * number}
        good_run.edit_row(number, vizAvgLuma=0.001 * number, **dark)
    report = check_run(good_run.path)
    assert "100.0% of the rows are too dark or hardly move: the pack itself is uniform" in (
        report.notes
    )
    assert report.passed
