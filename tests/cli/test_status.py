import json

import pytest
from monitor.made_runs import failure, row, write_run
from typer.testing import CliRunner

from aivj.cli.app import app


def called(home, *words):
    done = CliRunner().invoke(app, ["--home", str(home), "status", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_run_is_told_in_a_terminal_and_to_programs(tmp_path):
    write_run(tmp_path / "runs" / "mine", [row(1), row(2)], failures=[failure(3)])
    told = called(tmp_path)
    assert "3 of 99 pairs, 3%, 100% in order, 1 failed" in told
    assert "eval_stale no update for" in told
    document = json.loads(called(tmp_path, "--json"))
    assert document["run"]["id"] == "runs/mine"
    assert [alert["kind"] for alert in document["alerts"]] == ["eval_stale"]


def test_a_named_folder_is_looked_at(tmp_path):
    folder = write_run(tmp_path / "elsewhere", [row(1)])
    assert str(folder) in "".join(called(tmp_path / "home", str(folder)).split())


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_no_run_is_no_error(tmp_path, words):
    told = called(tmp_path, *words)
    assert (json.loads(told)["run"] is None) if words else told.startswith("no run in ")
