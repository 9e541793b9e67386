"""A clip of music: decoded, stereo, 44.1 kHz."""

import io
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from aivj.audio.aac import AAC_SUFFIXES, decode_aac
from aivj.audio.mp3_length import with_length
from aivj.errors import InputError
from aivj.storage import sha256_hex

SAMPLE_RATE_HZ = 44_100

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AudioClip:
    """A stereo clip.

    Attributes:
        name: What to call it: usually its file's name.
        digest: SHA-256 of the little-endian float32 samples, left channel first, as 64 hex digits.
        left: Left channel, float32 of shape (num_samples,), -1 to 1, read-only.
        right: Right channel, the same.
        sample_rate_hz: Samples a second; always 44,100.
    """

    name: str
    digest: str
    left: Samples
    right: Samples
    sample_rate_hz: int = SAMPLE_RATE_HZ

    @property
    def num_samples(self) -> int:
        """Samples of each channel."""
        return len(self.left)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.num_samples / self.sample_rate_hz

    @property
    def mono(self) -> npt.NDArray[np.float64]:
        """Mean of the channels, float64 of shape (num_samples,)."""
        return (self.left.astype(np.float64) + self.right) / 2

    @property
    def rms(self) -> float:
        """Root mean square over both channels, 0 to 1."""
        squares = np.square(np.stack([self.left, self.right]), dtype=np.float64)
        return math.sqrt(float(squares.mean()))

    @property
    def peak(self) -> float:
        """Largest magnitude in either channel, 0 to 1."""
        return float(max(np.abs(self.left).max(), np.abs(self.right).max()))


def make_clip(name: str, left: npt.ArrayLike, right: npt.ArrayLike) -> AudioClip:
    """Makes a clip of 44.1 kHz samples, which are clipped to -1 to 1.

    Raises:
        InputError: There is no sample, or one is not a finite number.
    """
    channels: Samples = np.array([left, right], dtype="<f4")
    if not channels.size or not np.isfinite(channels).all():
        raise InputError(
            f"audio samples in {name}",
            "none" if not channels.size else "samples that are not finite numbers",
            "export the file again, or choose another one or another start",
        )
    np.clip(channels, -1, 1, out=channels)
    channels.flags.writeable = False
    digest = sha256_hex(channels.tobytes())
    return AudioClip(name, digest, left=channels[0], right=channels[1])


def read_clip(path: Path, *, start_s: float = 0.0, duration_s: float | None) -> AudioClip:
    """Reads a part of a wav, flac, mp3, ogg, m4a or aac file.

    Mono is doubled, channels beyond the second are dropped, other rates are resampled with a
    polyphase filter.

    Args:
        path: The file.
        start_s: Where in it to start, 0 or more.
        duration_s: How much to read, more than 0; None reads to the end, as does a larger value.

    Raises:
        InputError: The file is missing or of another format, or has nothing at `start_s`.
        MissingDependencyError: It is an m4a or aac file, and PyAV is not installed.
    """
    if start_s < 0 or (duration_s is not None and duration_s <= 0):
        raise InputError(
            "a start of 0 s or more and a duration above 0 s",
            f"start {start_s} s, duration {duration_s} s",
            "correct the part of the clip to be read",
        )
    decode = decode_aac if path.suffix.lower() in AAC_SUFFIXES else _decoded
    samples, rate_hz = decode(path, start_s, duration_s)
    if not len(samples):
        raise InputError(
            f"audio at {start_s} s of {path}", "nothing there", "start earlier in the file"
        )
    resampled = _resampled(samples, rate_hz)
    return make_clip(
        _shown_name(path), resampled[:, 0], resampled[:, min(1, resampled.shape[1] - 1)]
    )


def _shown_name(path: Path) -> str:
    """Returns a file's name as text; one that is no UTF-8 is read as Latin-1."""
    name = os.fsencode(path.name)
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")


def _decoded(
    path: Path, start_s: float, duration_s: float | None
) -> tuple[npt.NDArray[np.float32], int]:
    import soundfile

    try:
        with _opened(path) as opened, soundfile.SoundFile(opened) as file:
            rate_hz = int(file.samplerate)
            num_frames = None if duration_s is None else round(duration_s * rate_hz)
            samples = _read(file, round(start_s * rate_hz), num_frames)
    except (soundfile.SoundFileError, RuntimeError, OSError, TypeError) as error:
        raise InputError(
            f"a wav, flac, mp3 or ogg file at {path}",
            str(error).partition(">: ")[2] or str(error) if path.exists() else "none",
            "check the path, or convert the file to one of these formats",
        ) from error
    return samples, rate_hz


def _opened(path: Path) -> BinaryIO:
    """Opens a file by itself: soundfile takes no name that is no UTF-8.

    It also prints what a read raises inside it, so the first read is ours.
    """
    if path.suffix.lower() == ".mp3":
        return io.BytesIO(with_length(path.read_bytes()))
    opened = path.open("rb")
    try:
        opened.read(1)
        opened.seek(0)
    except OSError:
        opened.close()
        raise
    return opened


def _read(file: Any, start: int, num_frames: int | None) -> npt.NDArray[np.float32]:
    # After a seek in an MP3 file, which soundfile also does between two reads, the first 40 ms
    # decode to garbage, since frames lean on those before: such a file is read in one go.
    skipped = start if file.format == "MP3" else 0
    file.seek(min(start - skipped, file.frames))
    wanted = -1 if num_frames is None else skipped + num_frames
    samples: npt.NDArray[np.float32] = file.read(wanted, dtype="float32", always_2d=True)
    return samples[skipped:]


def _resampled(samples: npt.NDArray[np.float32], rate_hz: int) -> npt.NDArray[np.float32]:
    if rate_hz == SAMPLE_RATE_HZ:
        return samples
    from scipy.signal import resample_poly  # type: ignore[attr-defined]  # named at run time

    shared = math.gcd(SAMPLE_RATE_HZ, rate_hz)
    resampled: Any = resample_poly(samples, SAMPLE_RATE_HZ // shared, rate_hz // shared, axis=0)
    return np.asarray(resampled, dtype=np.float32)
