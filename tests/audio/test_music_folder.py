import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.audio.music_folder import MAX_FOLDERS, MUSIC_SUFFIXES, music_files
from aivj.errors import InputError

names = st.sampled_from(
    ["b.mp3", "a.WAV", "c.ogg", "Z.flac", "é.m4a", "x.aac", "notes.txt", "mp3", ".hid.mp3", "d.mp4"]
)
places = st.sampled_from(["", "one/", "Two/", ".hidden/", "one/deep/", "Two/deep/er/"])


def touch(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in music_files(root)]


@given(st.sets(st.tuples(places, names), max_size=12))
def test_the_listing_equals_a_plain_reference(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("music")
    touch(root, *(place + name for place, name in files))
    usable = [
        (place, name)
        for place, name in files
        if Path(name).suffix.lower() in MUSIC_SUFFIXES
        and not name.startswith(".")
        and not place.startswith(".")
        and place.count("/") < 2
    ]
    here = sorted(name for place, name in usable if not place)
    below = sorted(((place[:-1], name) for place, name in usable if place))
    assert found(root) == (here or [f"{folder}/{name}" for folder, name in below])


def test_every_suffix_counts_in_any_case(tmp_path: Path):
    touch(tmp_path, "1.mp3", "2.wav", "3.flac", "4.ogg", "5.m4a", "6.aac", "7.MP3", "8.opus")
    assert found(tmp_path) == ["1.mp3", "2.wav", "3.flac", "4.ogg", "5.m4a", "6.aac", "7.MP3"]


def test_files_here_go_before_folders(tmp_path: Path):
    touch(tmp_path, "a/1.mp3", "z.mp3")
    assert found(tmp_path) == ["z.mp3"]


def test_folders_are_looked_into_by_name_and_no_deeper(tmp_path: Path):
    touch(tmp_path, "b/2.mp3", "b/1.mp3", "a/3.mp3", "a/deep/4.mp3")
    assert found(tmp_path) == ["a/3.mp3", "b/1.mp3", "b/2.mp3"]


def test_music_two_folders_down_is_not_found(tmp_path: Path):
    touch(tmp_path, "a/b/song.mp3")
    assert found(tmp_path) == []


def test_the_first_80_folders_are_looked_into(tmp_path: Path):
    for number in range(MAX_FOLDERS + 1):
        (tmp_path / f"{number:03}").mkdir()
    (tmp_path / ".hidden").mkdir()
    touch(tmp_path, f"{MAX_FOLDERS:03}/late.mp3")
    assert MAX_FOLDERS == 80
    touch(tmp_path, f"{MAX_FOLDERS - 1:03}/last.mp3")
    assert found(tmp_path) == ["079/last.mp3"]


def test_links_out_of_the_root_are_ignored(tmp_path: Path):
    root = tmp_path / "root"
    touch(tmp_path, "outside/song.mp3", "root/deep/er/own.mp3")
    (root / "out.mp3").symlink_to(tmp_path / "outside/song.mp3")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "dots.mp3").symlink_to("../outside/song.mp3")
    assert found(root) == []
    (root / "in.mp3").symlink_to("deep/er/own.mp3")
    assert found(root) == ["in.mp3"]


def test_links_to_folders_lead_no_deeper(tmp_path: Path):
    touch(tmp_path, "a/b/song.mp3")
    (tmp_path / "short").symlink_to("a/b")
    assert found(tmp_path) == []


def test_what_is_no_file_is_ignored(tmp_path: Path):
    (tmp_path / "album.mp3").mkdir()
    (tmp_path / "broken.mp3").symlink_to("absent.mp3")
    (tmp_path / "loop.mp3").symlink_to("loop.mp3")
    os.mkfifo(tmp_path / "pipe.mp3")
    assert found(tmp_path) == []
    touch(tmp_path, "album.mp3/song.mp3")
    assert found(tmp_path) == ["album.mp3/song.mp3"]


def test_a_root_may_itself_be_a_link(tmp_path: Path):
    touch(tmp_path, "real/song.mp3")
    (tmp_path / "link").symlink_to("real")
    assert music_files(tmp_path / "link") == [tmp_path / "link/song.mp3"]


def test_a_folder_that_cannot_be_read_counts_as_empty(tmp_path: Path, monkeypatch):
    touch(tmp_path, "a/1.mp3", "b/2.mp3")
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert found(tmp_path) == ["b/2.mp3"]


@pytest.mark.parametrize("look", [music_files])
def test_a_root_that_is_no_folder_is_refused(tmp_path: Path, look):
    with pytest.raises(InputError, match=r"a folder of music at .*found No such file"):
        look(tmp_path / "absent")
    touch(tmp_path, "song.mp3")
    with pytest.raises(InputError, match="found Not a directory"):
        look(tmp_path / "song.mp3")
