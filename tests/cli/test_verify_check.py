import json
import os
import subprocess
import sys

import pytest
from gate.run_check.good_run import write_good_run
from gate.verify_check.good_evidence import write_good_evidence
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.errors import GateError, InputError


@pytest.fixture
def evidence(tmp_path):
    return write_good_evidence(tmp_path)


@pytest.fixture
def check(evidence):
    def check(*arguments, **environment):
        command = ["verify-check", str(evidence.path), "--packs-root", str(evidence.pack.root)]
        variables = {"COLUMNS": "300", **environment}
        return CliRunner().invoke(app, [*command, *map(str, arguments)], env=variables)

    return check


def test_good_evidence_passes_for_a_release(check, evidence):
    done = check("--release")
    assert done.exit_code == 0, done.exception
    assert done.stdout.splitlines()[-1] == f"passed for release: {evidence.path}"
    assert ["pass", "required", "frameRate", "33.0", "ms"] in [
        line.split() for line in done.stdout.splitlines()
    ]
    assert json.loads((evidence.path / "schema-check.json").read_text())["ok"] is True
    assert f"promote --pack {evidence.pack.name} --evidence {evidence.path}" in done.stderr


def test_a_fault_ends_with_what_was_found_and_what_to_do(check, evidence):
    evidence.edit_checks(finalOutputChanges=False)
    done = check()
    assert isinstance(done.exception, GateError)
    assert done.exception.found == "1 failed: finalOutputChanges"
    lines = [line.split() for line in done.stdout.splitlines()]
    row = lines.index(["fail", "required", "finalOutputChanges", "false"])
    # Long paths make the column narrow, and the lines wrap.
    firsts = [line[0] for line in lines[row + 1 : row + 8] if line]
    assert firsts[0] == "expected"
    assert "do" in firsts


def test_json_is_all_that_is_printed_and_what_is_written(check, tmp_path):
    done = check("--json", "--write", tmp_path / "result.json")
    assert json.loads(done.stdout) == json.loads((tmp_path / "result.json").read_text())
    assert json.loads(done.stdout)["mode"] == "dev"


@pytest.mark.parametrize(("hour", "code"), [("08", 0), ("09", 1)])
def test_scores_older_than_the_run_are_stale(check, tmp_path, hour, code):
    run = write_good_run(tmp_path / "sampled")
    run.edit_meta(lambda meta: meta.update(startedAt=f"2026-03-01T{hour}:30:00.000Z"))
    done = check("--run", run.path)
    assert done.exit_code == code
    assert ("1 failed: scoresFresh" in str(done.exception)) == bool(code)


def test_the_selection_log_and_its_limits_may_be_named(check, evidence, tmp_path):
    (evidence.path / "aivj-selection.log").rename(tmp_path / "elsewhere.log")
    arguments = ("--release", "--selection-log", tmp_path / "elsewhere.log")
    assert check(*arguments).exit_code == 0
    done = check(*arguments, VERIFY_SELECTION_MIN_SELECTED="7")
    assert done.exception.found == "1 failed: selection"


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--require-schema-version",), {}), ((), {"REQUIRE_SCHEMA_VERSION": "1"})],
)
def test_a_schema_version_may_be_required(check, evidence, arguments, environment):
    evidence.edit("report.json", lambda report: report.pop("schemaVersion"))
    assert check().exit_code == 0
    assert check(*arguments, **environment).exception.found == "1 failed: schemaVersion"


def test_the_folder_is_by_default_that_of_the_environment(evidence, tmp_path):
    variables = {"HEADLESS_ARTIFACTS_DIR": str(evidence.path)}
    command = ["verify-check", "--packs-root", str(evidence.pack.root)]
    assert CliRunner().invoke(app, command, env=variables).exit_code == 0
    missing = {"HEADLESS_ARTIFACTS_DIR": str(tmp_path / "missing")}
    assert isinstance(CliRunner().invoke(app, command, env=missing).exception, InputError)


def test_the_process_ends_with_the_documented_code(evidence):
    (evidence.path / "report.json").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "aivj.cli", "verify-check", str(evidence.path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "300"},
    )
    assert done.returncode == 7
    assert "1 failed: report" in done.stderr
