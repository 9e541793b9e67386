import json
import os
import subprocess
import sys

import pytest
from gate.run_check.good_run import write_good_run

WHY = "its pictures and figures as a page"


@pytest.fixture
def run(tmp_path):
    return write_good_run(tmp_path)


@pytest.fixture
def check(run):
    def check(*arguments, folder=None):
        command = [sys.executable, "-m", "aivj.cli", "check-run", str(folder or run.path)]
        return subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "COLUMNS": "400"},
        )

    return check


def test_a_good_run_passes(check, run):
    done = check("--packs-root", run.packs_root)
    assert done.returncode == 0, done.stderr
    assert "all in the manifests of tested" in done.stdout
    assert "note: okHeuristic 80.0% of 10 rows" in done.stdout
    assert done.stdout.splitlines()[-1] == f"passed, no check failed: {run.path}"
    assert done.stderr.splitlines()[-1] == f"next: python -m aivj.cli report {run.path}  # {WHY}"


def test_a_fault_fails_with_what_was_found_and_what_to_do(check, run):
    run.edit_row(6, audioRms=0.0)
    done = check()
    assert done.returncode == 7
    lines = [line.split() for line in done.stdout.splitlines()]
    row = next(index for index, words in enumerate(lines) if "audioHeard" in words)
    assert lines[row] == ["fail", "audioHeard", "line", "6:", "audioRms", "is", "0.0"]
    assert lines[row + 1][0] == "expected"
    assert lines[row + 2][:3] == ["do", "mend", "the"]
    assert [line.split()[0] for line in done.stderr.splitlines()[-3:]] == [
        "expected",
        "found",
        "do",
    ]
    assert "1 failed: audioHeard" in done.stderr


def test_brackets_of_a_log_are_no_markup(check, run):
    run.append(run.log_path, "[eval] pack=tested [red]\n")
    assert "vite.log says '[red]'" in check().stdout


def test_json_is_all_that_is_printed(check):
    done = check("--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["verdict"] == "passed"
    assert document["checks"]["pairsKnown"]["verdict"] == "pass"


def test_the_report_of_a_failed_run_is_printed_and_written(check, run, tmp_path):
    run.log_path.unlink()
    path = tmp_path / "report.json"
    done = check("--json", "--write", path)
    assert done.returncode == 7
    assert json.loads(path.read_text()) == json.loads(done.stdout)
    assert json.loads(done.stdout)["checks"]["logSelfTest"]["found"] == "no vite.log"


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_is_no_run(check, tmp_path, exists):
    folder = tmp_path / "other"
    if exists:
        folder.mkdir()
    done = check(folder=folder)
    assert done.returncode == 3
    assert [line.split()[0] for line in done.stderr.splitlines()[-3:]] == [
        "expected",
        "found",
        "do",
    ]
    assert done.stdout == ""


def test_a_report_that_cannot_be_written(check, run):
    assert check("--write", run.eval_path / "report.json").returncode == 8
