import pytest

from aivj.audio.click import click_track, wav_bytes
from aivj.audio.clip import make_clip
from aivj.errors import InputError
from aivj.live.music import read_music


def test_the_click_track_is_the_classic_s_file():
    music = read_music("click")

    assert (music.mode, music.file.name, music.file.data) == (
        "click",
        "eval-click.wav",
        wav_bytes(click_track()),
    )


def test_the_groove_is_a_file_that_is_made():
    music = read_music("groove")

    assert (music.mode, music.name, music.file.name) == ("file", "groove", "groove.wav")
    assert music.use.audio_file is None


def test_a_folder_gives_its_first_file_that_is_music(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no music")
    (tmp_path / "b.wav").write_bytes(wav_bytes(click_track(1.0)))

    music = read_music(str(tmp_path))

    assert music.file == tmp_path / "b.wav"
    assert (music.use.audio_file, music.use.picked_from) == ("b.wav", "root")


def test_silence_is_no_music(tmp_path):
    silence = wav_bytes(make_clip("silence", [0.0] * 4410, [0.0] * 4410))
    (tmp_path / "a.wav").write_bytes(silence)

    for source in (tmp_path / "a.wav", tmp_path):
        with pytest.raises(InputError):
            read_music(str(source))


def test_none_is_said_to_be_none():
    music = read_music("none")

    assert (music.mode, music.file, music.use.require_audio) == ("none", None, False)
