"""Playlists: which clip a pair hears."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aivj.audio.click import click_track
from aivj.audio.clip import AudioClip, read_clip
from aivj.audio.groove import groove
from aivj.audio.levels import require_sound
from aivj.audio.music_folder import MUSIC_SUFFIXES, music_files
from aivj.errors import InputError, MissingDependencyError
from aivj.storage import sha256_hex

MAX_CLIPS = 32
"""Clips that a folder gives at most, the first ones of `music_files`."""

_MADE: dict[str | Path, Callable[[], AudioClip]] = {"groove": groove, "click": click_track}


@dataclass(frozen=True, eq=False)
class Playlist:
    """One or more clips, which the pairs of a pack hear in turn.

    Attributes:
        clips: The clips, at least one.
        rejected: Files of the folder that were left out, each with the reason.
    """

    clips: tuple[AudioClip, ...]
    rejected: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the clips' digests, one after the other, as 64 hex digits."""
        return sha256_hex("".join(clip.digest for clip in self.clips).encode())


def read_playlist(source: str | Path, duration_s: float) -> Playlist:
    """Makes the `groove` or the `click` track, or reads a file or the files of a folder.

    The tracks are whole; of a file, the first `duration_s` are read and must not be silent. In a
    folder, what cannot be used is left out, and said in `Playlist.rejected`.

    Args:
        source: `groove`, `click`, or a path.
        duration_s: Seconds of each file, more than 0.

    Raises:
        InputError: The file, or every file of the folder, cannot be decoded or is silent.
        MissingDependencyError: The file needs a decoder that is not installed.
    """
    make = _MADE.get(source)
    path = Path(source)
    if make is not None:
        return Playlist((make(),))
    return _of_folder(path, duration_s) if path.is_dir() else Playlist((_heard(path, duration_s),))


def _of_folder(root: Path, duration_s: float) -> Playlist:
    clips: list[AudioClip] = []
    rejected: list[str] = []
    for path in music_files(root):
        if len(clips) == MAX_CLIPS:
            break
        try:
            clips.append(_heard(path, duration_s))
        except (InputError, MissingDependencyError) as error:
            rejected.append(f"{path.relative_to(root)}: {error}")
    if not clips:
        raise InputError(
            f"music in {root} or the folders in it, as {_suffixes()} files",
            f"only {rejected[0]}" if rejected else "none",
            "put music there, or name another folder or a file",
        )
    return Playlist(tuple(clips), tuple(rejected))


def _heard(path: Path, duration_s: float) -> AudioClip:
    clip = read_clip(path, duration_s=duration_s)
    require_sound(clip)
    return clip


def _suffixes() -> str:
    return ", ".join(sorted(suffix[1:] for suffix in MUSIC_SUFFIXES))
