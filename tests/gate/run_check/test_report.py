import json
from datetime import datetime

import pytest

from aivj.contracts.json_text import validated
from aivj.errors import StorageError
from aivj.gate.run_check import RULES, RunCheckReport, check_run, write_report


def test_a_report_names_every_check_in_the_order_of_the_table(good_run):
    report = check_run(good_run.path)
    assert list(report.checks) == [rule.name for rule in RULES]
    assert report.verdict == "passed"
    assert report.failed_checks == {}
    assert (report.num_rows, report.num_failures) == (10, 1)
    assert datetime.fromisoformat(report.checked_at).tzinfo is not None


def test_a_failed_check_says_what_where_and_what_to_do(good_run):
    for number in (2, 4, 5, 7, 8):
        good_run.edit_row(number, audioRms=0.0)
    result = check_run(good_run.path).checks["audioHeard"]
    assert result.verdict == "fail"
    assert result.expected.startswith("audioRms and audioPeak of 0.0005 or more")
    assert result.found == (
        "line 2: audioRms is 0.0; line 4: audioRms is 0.0; line 5: audioRms is 0.0; 2 more"
    )
    assert result.remedy.startswith("mend the audio")
    assert result.num_problems == 5
    assert result.lines == [2, 4, 5, 7, 8]


def test_a_written_report_is_the_report(good_run, tmp_path):
    report = check_run(good_run.path)
    path = tmp_path / "evidence" / "run-check.json"
    write_report(path, report)
    document = json.loads(path.read_text())
    assert validated(RunCheckReport, document, "the report") == report
    assert document["schemaVersion"] == 1
    assert document["checks"]["evalRows"]["verdict"] == "pass"
    assert "remedy" not in document["checks"]["evalRows"]


def test_a_report_that_cannot_be_written_is_an_error(good_run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_report(tmp_path / "file" / "report.json", check_run(good_run.path))


def test_checking_changes_nothing(good_run):
    before = {path: path.stat().st_mtime_ns for path in good_run.path.rglob("*")}
    check_run(good_run.path, packs_root=good_run.packs_root)
    assert {path: path.stat().st_mtime_ns for path in good_run.path.rglob("*")} == before
