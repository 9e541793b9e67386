import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from aivj.audio.aac import decode_aac
from aivj.audio.clip import read_clip
from aivj.audio.levels import require_sound
from aivj.errors import InputError, MissingDependencyError
from tests.audio.sound_files import tone, write_aac, write_music


def stereo(rate_hz: int = 44_100) -> np.ndarray:
    return np.stack([tone(440, 3, rate_hz), 0.5 * tone(880, 3, rate_hz)])


@pytest.mark.parametrize("suffix", ["m4a", "aac", "M4A"])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 22_050])
def test_every_container_and_rate_becomes_the_same_music(tmp_path: Path, suffix, rate_hz):
    path = tmp_path / f"song.{suffix}"
    write_aac(path, stereo(rate_hz), rate_hz)
    clip = read_clip(path, start_s=0.5, duration_s=2)
    assert (clip.name, clip.num_samples) == (path.name, 88_200)
    for channel, frequency_hz, amplitude in ((clip.left, 440, 0.5), (clip.right, 880, 0.25)):
        spectrum = np.abs(np.fft.rfft(channel * np.hanning(len(channel))))
        assert spectrum.argmax() / 2 == pytest.approx(frequency_hz, abs=1)
        assert np.sqrt(np.mean(channel**2)) == pytest.approx(amplitude / np.sqrt(2), rel=0.03)
    require_sound(clip)


def test_m4a_starts_where_the_music_does(tmp_path: Path):
    path = tmp_path / "song.m4a"
    write_aac(path, stereo())
    clip = read_clip(path, start_s=0.5, duration_s=1)
    assert np.abs(clip.left - stereo()[0, 22_050 : 22_050 + 44_100]).max() < 0.1


@pytest.mark.parametrize("suffix", ["m4a", "aac"])
def test_a_part_is_the_same_as_in_the_whole(tmp_path: Path, suffix):
    path = tmp_path / f"song.{suffix}"
    write_aac(path, stereo())
    whole, rate_hz = decode_aac(path, 0, None)
    part, _ = decode_aac(path, 1.25, 0.5)
    assert rate_hz == 44_100
    assert whole.dtype == np.float32
    assert np.array_equal(part, whole[55_125 : 55_125 + 22_050])


def test_a_longer_duration_reads_to_the_end_and_nothing_is_beyond_it(tmp_path: Path):
    path = write_music(tmp_path / "song.m4a")
    assert 0.5 <= read_clip(path, start_s=0.5, duration_s=60).duration_s < 0.6
    with pytest.raises(InputError, match="nothing there"):
        read_clip(path, start_s=5, duration_s=1)


@pytest.mark.parametrize("suffix", ["m4a", "aac"])
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\0\0\0\x20ftypM4A ", np.random.default_rng(0).bytes(5_000)]
)
def test_other_content_is_refused(tmp_path: Path, suffix, content):
    path = tmp_path / f"song.{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"an m4a or aac file at .*found [A-Z].*convert the file"):
        read_clip(path, duration_s=1)


def test_other_formats_under_the_suffix_are_refused(tmp_path: Path):
    soundfile.write(tmp_path / "tone.wav", tone(), 44_100)
    with pytest.raises(InputError, match="an m4a or aac file"):
        read_clip((tmp_path / "tone.wav").rename(tmp_path / "tone.m4a"), duration_s=1)


def test_a_playlist_under_the_suffix_opens_nothing(tmp_path: Path):
    inner = write_music(tmp_path / "inner.aac")
    path = tmp_path / "outer.m4a"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{inner}\n#EXT-X-ENDLIST\n")
    with pytest.raises(InputError, match="Invalid data"):
        read_clip(path, duration_s=1)


def test_a_film_without_sound_is_refused(tmp_path: Path):
    path = tmp_path / "film.m4a"
    with av.open(path, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=30)
        stream.width = stream.height = 16
        black = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8))
        for frame in (black, None):
            file.mux(stream.encode(frame))
    with pytest.raises(InputError, match="no audio stream"):
        read_clip(path, duration_s=1)


def test_missing_files_and_folders_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="found none"):
        read_clip(tmp_path / "absent.m4a", duration_s=1)
    (tmp_path / "folder.aac").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        read_clip(tmp_path / "folder.aac", duration_s=1)


def test_without_pyav_the_remedy_is_named(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependencyError, match=r"decodes song\.m4a.*`pip install av`"):
        read_clip(tmp_path / "song.m4a", duration_s=1)
