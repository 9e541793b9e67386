import os
import tempfile
import time

import pytest
from monitor.made_runs import row, write_run
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.runs.directory import RunDirectory


@pytest.fixture
def cleaned(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def cleaned(*words):
        done = CliRunner().invoke(app, ["--home", str(tmp_path), "cleanup", *words])
        assert done.exit_code == 0, done.output
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
    with RunDirectory(folder).locked():
        os.utime(folder / ".lock", (0, 0))
        assert "nothing was lost" in cleaned("--runs-older-than", "30", "--yes")
    assert folder.exists()
