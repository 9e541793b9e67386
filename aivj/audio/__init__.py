"""Music: clips and playlists, tracks of our own, and samples and loudness at a frame time."""

from aivj.audio.aac import (
    AAC_SUFFIXES,
    decode_aac,
)
from aivj.audio.click import (
    CLICK_NAME,
    click_track,
    wav_bytes,
)
from aivj.audio.clip import (
    MIN_SOUND_RMS,
    SAMPLE_RATE_HZ,
    AudioClip,
    Samples,
    make_clip,
    read_clip,
    require_sound,
)
from aivj.audio.emphasis import (
    PRE_EMPHASIS,
    pre_emphasised,
)
from aivj.audio.envelope import (
    rms_envelope,
)
from aivj.audio.groove import (
    GROOVE_BREAK_S,
    GROOVE_DROP_S,
    GROOVE_NAME,
    GROOVE_SEED,
    groove,
)
from aivj.audio.levels import (
    rms_peak,
)
from aivj.audio.mp3_length import (
    with_length,
)
from aivj.audio.music_folder import (
    MAX_FOLDERS,
    MUSIC_SUFFIXES,
    music_files,
)
from aivj.audio.playlist import (
    MAX_CLIPS,
    Playlist,
    read_playlist,
)
from aivj.audio.samples import (
    SILENT_BYTE,
    WINDOW_SIZE,
    Bytes,
    time_bytes,
    window,
)

__all__ = [
    "AAC_SUFFIXES",
    "CLICK_NAME",
    "GROOVE_BREAK_S",
    "GROOVE_DROP_S",
    "GROOVE_NAME",
    "GROOVE_SEED",
    "MAX_CLIPS",
    "MAX_FOLDERS",
    "MIN_SOUND_RMS",
    "MUSIC_SUFFIXES",
    "PRE_EMPHASIS",
    "SAMPLE_RATE_HZ",
    "SILENT_BYTE",
    "WINDOW_SIZE",
    "AudioClip",
    "Bytes",
    "Playlist",
    "Samples",
    "click_track",
    "decode_aac",
    "groove",
    "make_clip",
    "music_files",
    "pre_emphasised",
    "read_clip",
    "read_playlist",
    "require_sound",
    "rms_envelope",
    "rms_peak",
    "time_bytes",
    "wav_bytes",
    "window",
    "with_length",
]
