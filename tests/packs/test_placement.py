from pathlib import Path

import pytest

from aivj.errors import InputError, StorageError
from aivj.packs import placement
from aivj.packs.placement import holds, replaced_folder
from aivj.packs.provenance import PROVENANCE_NAME

OURS = {"fg/a.milk": b"old", PROVENANCE_NAME: b"{}"}


def test_a_folder_appears_whole(tmp_path: Path, tree) -> None:
    with replaced_folder(tmp_path / "x" / "pack", OURS) as fresh:
        assert tree(fresh) == OURS
        assert not (tmp_path / "x" / "pack").exists()
        (fresh / "last.json").write_bytes(b"{}")
    assert tree(tmp_path / "x") == {f"pack/{name}": data for name, data in OURS.items()} | {
        "pack/last.json": b"{}"
    }


def test_a_failure_in_between_leaves_the_old_folder(tmp_path: Path, tree) -> None:
    folder = tmp_path / "pack"
    with replaced_folder(folder, OURS):
        pass

    def fail() -> None:
        with replaced_folder(folder, {"fg/b.milk": b"new", PROVENANCE_NAME: b"{}"}):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert tree(tmp_path) == {f"pack/{name}": data for name, data in OURS.items()}


def test_a_failed_rename_brings_the_old_folder_back(
    tmp_path: Path, tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pack"
    with replaced_folder(folder, OURS):
        pass
    rename = Path.rename
    # As on systems that cannot exchange two folders at once.
    monkeypatch.setattr(placement, "_exchange", lambda *_: False)

    def refuse_new(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(StorageError, match="Input/output"), replaced_folder(folder, OURS):
        pass
    assert tree(tmp_path) == {f"pack/{name}": data for name, data in OURS.items()}


def test_an_empty_folder_may_be_filled_and_a_strange_one_not(tmp_path: Path, tree) -> None:
    (tmp_path / "empty").mkdir()
    with replaced_folder(tmp_path / "empty", OURS):
        pass
    assert tree(tmp_path / "empty") == OURS
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(InputError, match="move it away"), replaced_folder(tmp_path / "notes", OURS):
        pass
    assert (tmp_path / "notes").read_text() == "mine"


def test_holding_means_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    assert holds(tmp_path, {"a": b"1"})
    assert not holds(tmp_path, {"a": b"2"})
    assert not holds(tmp_path, {"a": b"1", "b": b"1"})
