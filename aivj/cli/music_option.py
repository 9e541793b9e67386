"""What `--audio` names, as the stage's pairs hear it."""

from pathlib import Path
from typing import TYPE_CHECKING

from aivj.cli.console import err
from aivj.cli.verb import require_path
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.audio.playlist import Playlist


def playlist_of(source: str, mode: str, duration_s: float, *, required: bool) -> "Playlist":
    """Returns the clips of `source`, or says why the click track takes their place.

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
        if required or not Path(source).is_dir():
            raise
        err.print(f"[yellow]note[/] {error.found} in {source}: pairs hear the click track instead")
        return read_playlist("click", duration_s)
    for line in playlist.rejected:
        err.print(f"[yellow]not used[/] {line}")
    return playlist
