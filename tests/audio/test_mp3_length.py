"""MP3 files of variable rate, with and without the frame that says how many there are."""

import numpy as np
import pytest
import soundfile

from aivj.audio.clip import read_clip
from aivj.audio.mp3_length import with_length
from tests.audio.sound_files import tone


def variable_rate(path, duration_s, rate_hz=44_100, channels=2):
    """A loud tone and then noise far below it, so that late frames are much smaller."""
    loud = np.random.default_rng(1).uniform(-0.9, 0.9, round(2 * rate_hz))
    quiet = 0.01 * tone(440, duration_s - 2, rate_hz)
    signal = np.repeat(np.concatenate([loud, quiet])[:, None], channels, axis=1)
    soundfile.write(
        path, signal, rate_hz, format="MP3", bitrate_mode="VARIABLE", compression_level=0.1
    )
    return path


def without_info(data):
    """Takes the first frame away, which says how many there are."""
    first = data.index(b"\xff\xfb") if b"\xff\xfb" in data else data.index(b"\xff\xf3")
    second = data.index(data[first : first + 2], first + 4)
    assert b"Xing" in data[first:second] or b"Info" in data[first:second]
    return data[:first] + data[second:]


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 2), (44_100, 1), (22_050, 2)])
def test_a_file_that_does_not_say_its_length_is_read_to_its_end(tmp_path, rate_hz, channels):
    whole = variable_rate(tmp_path / "whole.mp3", 15, rate_hz, channels)
    bare = tmp_path / "bare.mp3"
    bare.write_bytes(without_info(whole.read_bytes()))
    assert soundfile.info(bare).duration < 14

    assert read_clip(bare, duration_s=None).duration_s == pytest.approx(15, abs=0.1)


def test_a_file_that_says_it_is_left_as_it_is(tmp_path):
    data = variable_rate(tmp_path / "whole.mp3", 3).read_bytes()
    assert with_length(data) is data


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"no music \xff\xfb", b"ID3\x04\0\0\x7f\x7f\x7f\x7f"]
)
def test_what_is_no_mp3_is_left_as_it_is(data):
    assert with_length(data) is data
