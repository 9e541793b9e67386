"""Music: clips, a groove and a click track of our own, and samples at a frame time."""

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
from aivj.audio.groove import (
    GROOVE_NAME,
    groove,
)
from aivj.audio.levels import (
    rms_peak,
)
from aivj.audio.samples import (
    SILENT_BYTE,
    WINDOW_SIZE,
    Bytes,
    time_bytes,
    window,
)

__all__ = [
    "CLICK_NAME",
    "GROOVE_NAME",
    "MIN_SOUND_RMS",
    "PRE_EMPHASIS",
    "SAMPLE_RATE_HZ",
    "SILENT_BYTE",
    "WINDOW_SIZE",
    "AudioClip",
    "Bytes",
    "Samples",
    "click_track",
    "groove",
    "make_clip",
    "pre_emphasised",
    "read_clip",
    "require_sound",
    "rms_peak",
    "time_bytes",
    "wav_bytes",
    "window",
]
