"""Music that was named and is not there."""

import pytest

from aivj.audio.click import CLICK_NAME
from aivj.cli.music_option import page_music_of, playlist_of
from aivj.errors import InputError


@pytest.mark.parametrize(("required", "mode"), [(True, "click"), (False, "none")])
def test_a_page_without_music_hears_clicks_only_if_music_is_required(
    tmp_path, capsys, required, mode
):
    assert page_music_of(str(tmp_path), "file", required=required).mode == mode
    told = "click track instead" if required else "hears nothing"
    assert told in " ".join(capsys.readouterr().err.split())


def test_our_own_pairs_always_hear_something(tmp_path):
    playlist = playlist_of(str(tmp_path), "file", 2.0)
    assert [clip.name for clip in playlist.clips] == [CLICK_NAME]


@pytest.mark.parametrize("required", [True, False])
def test_a_file_that_is_no_music_is_refused(tmp_path, required):
    path = tmp_path / "song.wav"
    path.write_bytes(b"no music")
    with pytest.raises(InputError):
        page_music_of(str(path), "file", required=required)


def test_a_mode_is_what_it_says(tmp_path):
    assert page_music_of(str(tmp_path), "none", required=True).mode == "none"
    assert page_music_of("groove", "click", required=False).mode == "click"
