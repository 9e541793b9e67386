import subprocess

import pytest

import aivj
from aivj.release import origin
from aivj.release.origin import origin_tags


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A package in a working tree of its own, with one commit."""
    package = tmp_path / "aivj"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(aivj, "__file__", str(package / "__init__.py"))
    for name in ("GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=ada", "-c", "user.email=a@b"]
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout.strip()

    git("init", "-q")
    return git


def test_a_run_says_program_commit_and_whether_it_was_changed(checkout, tmp_path):
    checkout("add", ".")
    checkout("commit", "-qm", "one")
    tags = origin_tags("train", "aivj train --pack 'a b'")
    assert tags["mlflow.source.git.commit"] == checkout("rev-parse", "HEAD")
    assert tags["aivj.git_dirty"] == "false"
    assert (tags["mlflow.source.name"], tags["mlflow.source.type"]) == ("aivj train", "LOCAL")
    assert tags["mlflow.project.entryPoint"] == "train"
    assert tags["aivj.command"] == "aivj train --pack 'a b'"
    (tmp_path / "aivj" / "__init__.py").write_text("# changed\n")
    assert origin_tags("train", "")["aivj.git_dirty"] == "true"


@pytest.mark.usefixtures("checkout")
def test_a_package_that_nobody_tracks_has_no_commit():
    assert "mlflow.source.git.commit" not in origin_tags("train", "")


def test_a_machine_without_git_or_a_name_has_neither(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError("git")

    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(origin.subprocess, "run", missing)
    monkeypatch.setattr(origin.getpass, "getuser", nobody)
    tags = origin_tags("train", "")
    assert not {"mlflow.source.git.commit", "aivj.git_dirty", "mlflow.user"} & set(tags)
