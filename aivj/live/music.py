"""The music that a page is given to play."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aivj.audio.click import CLICK_NAME, click_track, wav_bytes
from aivj.audio.clip import AudioClip, read_clip
from aivj.audio.groove import GROOVE_NAME, groove
from aivj.audio.levels import require_sound
from aivj.audio.music_folder import music_files
from aivj.browser.live_page import UploadedFile
from aivj.contracts.run_meta import AudioRequest, AudioUse
from aivj.errors import InputError, MissingDependencyError

AudioMode = Literal["file", "click", "none"]

NO_MUSIC = "none"
_PROOF_S = 30.0


@dataclass(frozen=True)
class LiveMusic:
    """What the page's file input gets.

    Attributes:
        mode: `file`, `click`, or `none` for no music at all.
        name: What rows call it.
        file: A file of this machine, or one that is made; None without music.
        use: How `meta.json` describes it.
    """

    mode: AudioMode
    name: str
    file: Path | UploadedFile | None
    use: AudioUse


def read_music(source: str) -> LiveMusic:
    """Makes the `groove` or the `click` track, takes a file or a folder's first, or `none`.

    A file goes to the page as it is; here it is only proved to be music.

    Raises:
        InputError: The file, or every file of the folder, cannot be decoded or is silent.
        MissingDependencyError: The file needs a decoder that is not installed.
    """
    if source == NO_MUSIC:
        use = AudioUse(require_audio=False, mode="none", picked_from=NO_MUSIC)
        return LiveMusic("none", NO_MUSIC, None, use)
    if source in {"click", "groove"}:
        return _made(click_track() if source == "click" else groove())
    path = Path(source)
    if not path.is_dir():
        return _of_file(path, AudioRequest(audio_file=path.as_posix()), "file")
    failures: list[str] = []
    for candidate in music_files(path):
        try:
            return _of_file(candidate, AudioRequest(audio_root=path.as_posix()), "root")
        except (InputError, MissingDependencyError) as error:
            failures.append(f"{candidate.relative_to(path)}: {error.found}")
    raise InputError(
        f"music in {path} or the folders in it",
        "; ".join(failures[:3]) or "none",
        "put music there, or name another folder or a file",
    )


def _made(clip: AudioClip) -> LiveMusic:
    mode: AudioMode = "click" if clip.name == CLICK_NAME else "file"
    name = clip.name if clip.name.endswith(".wav") else f"{clip.name}.wav"
    use = AudioUse(mode=mode, picked_from=clip.name, digest=clip.digest)
    assert clip.name in {CLICK_NAME, GROOVE_NAME}  # noqa: S101 - called for these alone
    return LiveMusic(mode, clip.name, UploadedFile(name, "audio/wav", wav_bytes(clip)), use)


def _of_file(path: Path, requested: AudioRequest, picked_from: str) -> LiveMusic:
    clip = read_clip(path, duration_s=_PROOF_S)
    require_sound(clip)
    use = AudioUse(
        mode="file",
        requested=requested,
        picked_from=picked_from,
        audio_file=path.name,
        digest=clip.digest,
    )
    return LiveMusic("file", path.name, path, use)
