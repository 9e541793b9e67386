import os
from collections import Counter
from pathlib import Path

import pytest

from aivj.errors import InputError
from aivj.packs.scan import PresetFile, scan_presets


def relative_paths(folder: Path) -> list[str]:
    return [file.relative_path for file in scan_presets(folder)]


def test_presets_are_listed_in_order_whatever_their_case(tmp_path: Path) -> None:
    for name in ["b.milk", "a/z.MILK", "a/deep/x.MilK", "a.milk2", "notes.txt", "milk"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.milk").mkdir()
    files = scan_presets(tmp_path)
    assert [file.relative_path for file in files] == ["a/deep/x.MilK", "a/z.MILK", "b.milk"]
    assert all(file.path.is_file() and file.path.is_absolute() for file in files)


def test_progress_counts_presets(tmp_path: Path) -> None:
    for name in ["a.milk", "b/c.milk"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    counts: list[int] = []
    scan_presets(tmp_path, progress=counts.append)
    assert counts == [1, 2]


def test_links_may_not_lead_out(tmp_path: Path) -> None:
    library, outside = tmp_path / "library", tmp_path / "outside"
    library.mkdir()
    outside.mkdir()
    (outside / "secret.milk").touch()
    (library / "real.milk").touch()
    (library / "inside.milk").symlink_to("real.milk")
    (library / "escape.milk").symlink_to(outside / "secret.milk")
    (library / "escape").symlink_to(outside)
    (library / "loop").symlink_to(library)
    (library / "self.milk").symlink_to("self.milk")
    (library / "dangling.milk").symlink_to("nowhere.milk")
    assert relative_paths(library) == ["inside.milk", "real.milk"]


def test_links_that_are_not_followed_are_counted(tmp_path: Path) -> None:
    library, outside = tmp_path / "library", tmp_path / "outside"
    library.mkdir()
    outside.mkdir()
    for number in range(3):
        (outside / f"{number}.milk").touch()
        (library / f"{number}.milk").symlink_to(outside / f"{number}.milk")
    (library / "folder").symlink_to(outside)
    (library / "broken.milk").symlink_to("nowhere.milk")
    (library / "notes.txt").symlink_to(outside / "0.milk")
    passed_over: Counter[str] = Counter()
    assert scan_presets(library, passed_over=passed_over) == []
    assert passed_over == {"link out of the library": 3, "link to a folder": 1, "broken link": 1}


def test_a_library_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.milk").touch()
    (tmp_path / "link").symlink_to("real")
    assert relative_paths(tmp_path / "link") == ["a.milk"]


def test_pipes_are_not_presets(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.milk")
    assert relative_paths(tmp_path) == []


def test_names_that_are_not_utf8_can_be_written_down(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.milk"
    Path(os.fsdecode(raw)).write_bytes(b"zoom=1")
    (file,) = scan_presets(tmp_path)
    assert file.relative_path == "caf\\xe9.milk"
    assert file.relative_path.encode()
    assert file.path.read_bytes() == b"zoom=1"


@pytest.mark.parametrize("name", ["absent", "file.milk"])
def test_a_library_must_be_a_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.milk").touch()
    with pytest.raises(InputError, match=r"a folder of \.milk files"):
        scan_presets(tmp_path / name)


def test_a_folder_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may read everything, so the fault is made
    with pytest.raises(InputError, match="Permission denied"):
        scan_presets(tmp_path)


def test_the_real_library_is_found_whole(corpus: list[PresetFile]) -> None:
    assert len(corpus) > 4000
    assert corpus == sorted(corpus)
    assert any(file.relative_path.endswith(".MILk") for file in corpus)


def test_a_folder_of_too_much_is_not_walked_whole(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.milk").write_text("zoom=1")
    assert len(scan_presets(tmp_path, max_entries=4)) == 4
    with pytest.raises(InputError, match="--max-files"):
        scan_presets(tmp_path, max_entries=3)
