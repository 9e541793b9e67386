import platform
import re
import subprocess

import pytest

from aivj.cli import version


@pytest.fixture
def said(run_here):
    """What `aivj --version` prints."""

    def said():
        ended = run_here("--version")
        assert (ended.exit_code, ended.stderr) == (0, "")
        return ended.stdout.strip()

    return said


def test_a_checkout_names_its_commit(said, tmp_path, monkeypatch):
    def git(*words):
        command = ["git", "-C", str(tmp_path), *words]
        subprocess.run(command, check=True, capture_output=True)

    git("init")
    git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "--allow-empty", "-m", "first")
    monkeypatch.setattr(version, "_CHECKOUT", tmp_path)

    commit = re.fullmatch(r"aivj \d+\.\d+\.\d+ \(commit ([0-9a-f]{10})\), Python (\S+)", said())

    assert commit is not None
    assert commit[2] == platform.python_version()


def test_an_installed_package_names_none(said, tmp_path, monkeypatch):
    monkeypatch.setattr(version, "_CHECKOUT", tmp_path)
    assert re.fullmatch(r"aivj \d+\.\d+\.\d+, Python \S+", said())
