import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.audio.click import click_track
from aivj.audio.clip import make_clip, read_clip
from aivj.audio.groove import groove
from aivj.audio.playlist import MAX_CLIPS, Playlist, read_playlist
from aivj.errors import InputError, MissingDependencyError
from tests.audio.sound_files import tone, write_music

FORMATS = ["wav", "flac", "ogg", "mp3", "m4a", "aac"]
CLIPS = tuple(make_clip(f"{n}.wav", [n / 40], [0]) for n in range(1, 33))


@given(st.lists(st.sampled_from(CLIPS), min_size=1), st.lists(st.sampled_from(CLIPS), min_size=1))
def test_the_digest_tells_clips_and_their_order(one, other):
    first, second = Playlist(tuple(one)), Playlist(tuple(other), rejected=("x",))
    assert (first.digest == second.digest) == (one == other)


def test_the_digest_is_over_the_digests_of_the_clips():
    joined = CLIPS[0].digest + CLIPS[1].digest
    assert Playlist(CLIPS[:2]).digest == hashlib.sha256(joined.encode()).hexdigest()


@pytest.mark.parametrize(("word", "made"), [("groove", groove()), ("click", click_track())])
def test_words_make_whole_tracks(word, made):
    playlist = read_playlist(word, 2)
    assert [clip.digest for clip in playlist.clips] == [made.digest]
    assert playlist.rejected == ()


def test_a_path_is_no_word(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_music(tmp_path / "groove/song.wav")
    assert read_playlist(Path("groove"), 1).clips[0].name == "song.wav"
    assert read_playlist("./groove", 1).clips[0].name == "song.wav"


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_is_read_as_far_as_it_is_used(tmp_path: Path, suffix, kind):
    path = write_music(tmp_path / f"song.{suffix}")
    playlist = read_playlist(kind(path), 0.5)
    assert [clip.name for clip in playlist.clips] == [path.name]
    assert playlist.clips[0].duration_s == 0.5
    assert playlist.clips[0].digest == read_clip(path, duration_s=0.5).digest


def test_a_folder_gives_every_file_in_order(tmp_path: Path):
    for suffix in FORMATS:
        write_music(tmp_path / "album" / f"song.{suffix}")
    write_music(tmp_path / "Other" / "first.wav")
    playlist = read_playlist(tmp_path, 0.5)
    assert [clip.name for clip in playlist.clips] == [
        "first.wav",
        *(f"song.{suffix}" for suffix in sorted(FORMATS)),
    ]
    assert playlist.rejected == ()


def test_what_cannot_be_used_is_left_out_and_said(tmp_path: Path):
    write_music(tmp_path / "album/1 silent.flac", np.zeros(44_100))
    (tmp_path / "album/2 torn.mp3").write_bytes(b"ID3")
    (tmp_path / "album/3 empty.m4a").touch()
    late = np.concatenate([np.zeros(44_100), tone()])
    write_music(tmp_path / "album/4 late.wav", late)
    write_music(tmp_path / "album/5 good.ogg")
    playlist = read_playlist(tmp_path, 1)
    assert [clip.name for clip in playlist.clips] == ["5 good.ogg"]
    silent, torn, empty, late = playlist.rejected
    assert silent.startswith("album/1 silent.flac: expected audible music")
    assert torn.startswith("album/2 torn.mp3: expected a wav, flac, mp3 or ogg file")
    assert empty.startswith("album/3 empty.m4a: expected an m4a or aac file")
    assert late.startswith("album/4 late.wav: expected audible music")
    assert len(read_playlist(tmp_path, 2).clips) == 2


def test_at_most_32_clips_are_read(tmp_path: Path):
    for number in range(MAX_CLIPS + 2):
        write_music(tmp_path / f"{number:02}.wav", tone(440 + number, 0.05) if number else None)
    (tmp_path / "00.wav").write_bytes(b"")
    (tmp_path / "99.wav").write_bytes(b"")
    playlist = read_playlist(tmp_path, 1)
    assert MAX_CLIPS == 32
    assert [clip.name for clip in playlist.clips] == [f"{n:02}.wav" for n in range(1, 33)]
    assert [reason[:7] for reason in playlist.rejected] == ["00.wav:"]


def test_without_pyav_other_files_are_still_read(tmp_path: Path, monkeypatch):
    path = write_music(tmp_path / "1.m4a")
    write_music(tmp_path / "2.wav")
    monkeypatch.setitem(sys.modules, "av", None)
    playlist = read_playlist(tmp_path, 1)
    assert [clip.name for clip in playlist.clips] == ["2.wav"]
    assert "pip install av" in playlist.rejected[0]
    with pytest.raises(MissingDependencyError, match="pip install av"):
        read_playlist(path, 1)


def test_silence_and_missing_files_are_refused(tmp_path: Path):
    path = write_music(tmp_path / "silent.wav", np.zeros(44_100))
    with pytest.raises(InputError, match=r"audible music in silent\.wav"):
        read_playlist(path, 1)
    with pytest.raises(InputError, match="found none"):
        read_playlist(tmp_path / "absent.mp3", 1)


def test_folders_without_usable_music_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"aac, flac, m4a, mp3, ogg, wav files; found none"):
        read_playlist(tmp_path, 1)
    write_music(tmp_path / "silent.wav", np.zeros(44_100))
    with pytest.raises(InputError, match=r"found only silent\.wav: expected audible music"):
        read_playlist(tmp_path, 1)


def test_playlists_are_deterministic(tmp_path: Path):
    for suffix in FORMATS:
        write_music(tmp_path / f"song.{suffix}")
    assert read_playlist(tmp_path, 1).digest == read_playlist(tmp_path, 1).digest
