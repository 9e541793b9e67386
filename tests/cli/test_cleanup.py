import json
import os
import tempfile
import time

import pytest
from monitor.made_runs import row, write_run
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.errors import RunError
from aivj.runs.directory import RunDirectory


@pytest.fixture
def cleaned(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def cleaned(*words, exit_code=0):
        done = CliRunner().invoke(app, ["--home", str(tmp_path), "cleanup", *words])
        code = getattr(done.exception, "exit_code", done.exit_code)
        assert code == exit_code, done.output
        return done.stdout

    return cleaned


def old_run(folder, days):
    write_run(folder, [row(1)])
    then = time.time() - days * 86400
    for path in folder.rglob("*"):
        os.utime(path, (then, then))
    return folder


def test_old_runs_are_shown_and_removed_only_when_told_to(cleaned, tmp_path):
    old, new = old_run(tmp_path / "runs" / "old", 40), old_run(tmp_path / "runs" / "new", 2)
    assert "nothing was lost" in cleaned()
    assert "40 days" in cleaned("--runs-older-than", "30")
    assert old.exists()
    assert f"removed {old}" in cleaned("--runs-older-than", "30", "--yes").replace("\n", "")
    assert (old.exists(), new.exists()) == (False, True)


def test_a_run_that_is_being_written_stays(cleaned, tmp_path):
    folder = old_run(tmp_path / "runs" / "old", 40)
    old_run(tmp_path / "runs" / "new", 2)
    with RunDirectory(folder).locked():
        os.utime(folder / ".lock", (0, 0))
        assert "nothing was lost" in cleaned("--runs-older-than", "30", "--yes")
    assert folder.exists()


def test_a_folder_of_a_dead_command_goes_and_the_next_words_say_how(cleaned, tmp_path):
    records = tmp_path / f"aivj-started-{os.getuid()}"
    left = tmp_path / "aivj-left"
    for folder in (records, left):
        folder.mkdir()
    owner = {"pid": os.getpid(), "ticks": -1}
    told = {"folder": str(left), "owner": owner, "boot": "another"}
    (records / "aivj-left.json").write_text(json.dumps(told))
    shown = cleaned("--keep-runs", "3")
    assert "its owner is gone" in shown
    assert left.exists()
    assert "removed" in cleaned("--keep-runs", "3", "--yes")
    assert not left.exists()


def test_a_run_that_is_taken_up_while_others_go_is_told_of(cleaned, tmp_path, monkeypatch):
    old_run(tmp_path / "runs" / "new", 2)
    old, other = old_run(tmp_path / "runs" / "old", 40), old_run(tmp_path / "runs" / "other", 50)
    monkeypatch.setattr(RunDirectory, "is_being_written", False)
    with RunDirectory(old).locked():
        os.utime(old / ".lock", (0, 0))
        done = cleaned("--runs-older-than", "30", "--yes", exit_code=RunError.exit_code)
    assert f"removed {other}" in done.replace("\n", "")
    assert (old.exists(), other.exists()) == (True, False)
