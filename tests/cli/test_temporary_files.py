import os
import tempfile

import pytest

from aivj.cli import temporary_files as temporary_files_module
from aivj.cli.temporary_files import MAX_PATH_BYTES, settle_temporary_files, temporary_files


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_a_short_folder_that_can_be_written_is_taken(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as folder:
        assert len(folder) <= MAX_PATH_BYTES
        monkeypatch.setenv("TMPDIR", folder)
        settle_temporary_files()
        assert os.environ["TMPDIR"] == tempfile.gettempdir() == folder


@pytest.mark.parametrize("name", ["a" * 33, "missing", "file"])
def test_any_other_gives_way_to_a_short_one(monkeypatch, tmp_path, name):
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as folder:
        path = os.path.join(folder, name)  # noqa: PTH118 - as a shell puts it together
        if name == "file":
            (tmp_path / name).write_text("")
            os.symlink(tmp_path / name, path)  # noqa: PTH211
        elif name != "missing":
            os.mkdir(path)  # noqa: PTH102
        monkeypatch.setenv("TMPDIR", path)
        settle_temporary_files()
        assert os.environ["TMPDIR"] == tempfile.gettempdir() == "/tmp"  # noqa: S108


def test_nothing_is_set_where_nothing_was(monkeypatch):
    monkeypatch.delenv("TMPDIR", raising=False)
    settle_temporary_files()
    assert "TMPDIR" not in os.environ


def test_a_command_has_a_folder_of_its_own_and_takes_it_away(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(temporary_files_module, "MAX_PATH_BYTES", 64)
        with temporary_files():
            own = os.environ["TMPDIR"]
            assert os.path.dirname(own) == folder  # noqa: PTH120
            assert own == tempfile.gettempdir()
            open(os.path.join(own, "left"), "w").close()  # noqa: PTH118, PTH123
        assert not os.path.exists(own)  # noqa: PTH110
        assert os.environ["TMPDIR"] == tempfile.gettempdir() == folder


def test_where_its_path_were_too_long_there_is_none(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        with temporary_files():
            assert os.environ["TMPDIR"] == tempfile.gettempdir() == folder
