"""Files of music as people have them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile


def tone(frequency_hz: float = 440, duration_s: float = 1, rate_hz: int = 44_100) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


def write_music(path: Path, signal: np.ndarray | None = None) -> Path:
    """Writes a second of a tone, or `signal`, in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    signal = tone() if signal is None else signal
    if path.suffix.lower() in {".m4a", ".aac"}:
        write_aac(path, np.stack([signal, signal]))
    else:
        soundfile.write(path, signal, 44_100)
    return path


def write_aac(path: Path, channels: np.ndarray, rate_hz: int = 44_100) -> None:
    """Encodes stereo as AAC: in an MPEG-4 container if the suffix is m4a, else as a stream."""
    with av.open(path, "w", format="ipod" if path.suffix.lower() == ".m4a" else "adts") as file:
        stream = file.add_stream("aac", rate=rate_hz, layout="stereo", bit_rate=192_000)
        samples = np.ascontiguousarray(channels, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = rate_hz, Fraction(1, rate_hz), 0
        for part in (frame, None):
            file.mux(stream.encode(part))
