"""Decoding of m4a and aac files, which soundfile does not read, by PyAV."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aivj.errors import InputError, MissingDependencyError

AAC_SUFFIXES = frozenset({".aac", ".m4a"})


def decode_aac(
    path: Path, start_s: float, duration_s: float | None
) -> tuple[npt.NDArray[np.float32], int]:
    """Decodes a part of a file's first audio stream.

    Decoding begins at the file's start, since a frame leans on those before.

    Args:
        path: The file.
        start_s: Where in it to start, 0 or more.
        duration_s: How much to decode; None decodes to the end, as does a larger value.

    Returns:
        Samples, float32 of shape (num_samples, num_channels), and their rate in Hz.

    Raises:
        InputError: The file is missing or of another format.
        MissingDependencyError: PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingDependencyError(
            f"PyAV, which decodes {path.name}",
            str(error),
            "install it with `pip install av`, or convert the file to wav, flac, mp3 or ogg",
        ) from error
    try:
        # From an open file, so that no name is taken for a URL; a playlist cannot name one either.
        with (
            path.open("rb") as file,
            av.open(file, options={"format_whitelist": "aac,m4a"}) as container,
        ):
            return _part(_blocks(container), start_s, duration_s)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"an m4a or aac file at {path}",
            str(getattr(error, "strerror", None) or error) if path.exists() else "none",
            "check the path, or convert the file to wav, flac, mp3 or ogg",
        ) from error


def _blocks(container: Any) -> Iterator[tuple[npt.NDArray[np.float32], int]]:
    """Yields samples of shape (num_channels, num_samples), and their rate."""
    import av

    if not container.streams.audio:
        raise ValueError("no audio stream")
    planar = av.AudioResampler(format="fltp")
    for frame in container.decode(container.streams.audio[0]):
        for block in planar.resample(frame):
            yield np.asarray(block.to_ndarray(), np.float32), block.sample_rate


def _part(
    blocks: Iterator[tuple[npt.NDArray[np.float32], int]], start_s: float, duration_s: float | None
) -> tuple[npt.NDArray[np.float32], int]:
    decoded: list[npt.NDArray[np.float32]] = []
    num_decoded = 0
    rate_hz = 1
    end: int | None = None
    for block, rate_hz in blocks:
        decoded.append(block)
        num_decoded += block.shape[1]
        end = None if duration_s is None else round(start_s * rate_hz) + round(duration_s * rate_hz)
        if end is not None and num_decoded >= end:
            break
    if not decoded:
        raise ValueError("no audio")
    start = round(start_s * rate_hz)
    return np.concatenate(decoded, axis=1)[:, start:end].T, rate_hz
