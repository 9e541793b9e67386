"""What `--audio` names, as the stage's pairs and a runtime's page hear it."""

from pathlib import Path
from typing import TYPE_CHECKING

from aivj.cli.console import err
from aivj.cli.verb import require_path
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.audio.playlist import Playlist
    from aivj.live.music import LiveMusic


def playlist_of(source: str, mode: str, duration_s: float) -> "Playlist":
    """Returns the clips of `source`, or says why the click track takes a folder's place.

    Here music is always required: a pair that hears nothing is not measured.

    Raises:
        InputError: No music was asked for, or it cannot be used.
    """
    from aivj.audio.playlist import read_playlist

    require_path(Path(source))
    if mode not in {"file", "click"}:
        raise InputError(
            "music: a pair that hears nothing is not measured",
            f"--audioMode {mode}",
            "leave it out, or say --audio with a file, a folder, groove or click",
        )
    try:
        playlist = read_playlist("click" if mode == "click" else source, duration_s)
    except InputError as error:
        if not Path(source).is_dir():
            raise
        err.print(f"[yellow]note[/] {error.found} in {source}: pairs hear the click track instead")
        return read_playlist("click", duration_s)
    for line in playlist.rejected:
        err.print(f"[yellow]not used[/] {line}")
    return playlist


def page_music_of(source: str, mode: str, *, required: bool) -> "LiveMusic":
    """Returns what a runtime's page plays.

    In place of a folder without music that is the click track if music is required, else nothing.

    Raises:
        InputError: A file cannot be used.
    """
    from aivj.live.music import NO_MUSIC, read_music

    if mode != "file":
        return read_music(mode)
    try:
        return read_music(source)
    except InputError as error:
        if not Path(source).is_dir():
            raise
        told = "the page hears the click track instead" if required else "the page hears nothing"
        err.print(f"[yellow]note[/] {error.found} in {source}: {told}")
        return read_music("click" if required else NO_MUSIC)
