"""Pictures and figures out of a take: a preset that was drawn once is not drawn again."""

import numpy as np
from numpy.typing import NDArray

from aivj.audio.clip import SAMPLE_RATE_HZ
from aivj.audio.samples import SILENT_BYTE
from aivj.contracts.frames_index import BandClass, BandResponse, FrameMetrics
from aivj.frames.capture import Capture, failed
from aivj.frames.plan import NUM_OF_A_TAKE, Limits
from aivj.stage.thumbnails import luma
from aivj.takes.settings import RenderSettings
from aivj.takes.take import Drawn, TakeFailure

Floats = NDArray[np.float64]

# As the page has them (`preset_figures.ts`).
_FLAT_BELOW = 0.08
_BALANCED_WITHIN = 0.1
_BANDS_HZ = {"low": (20, 250), "mid": (250, 4000), "high": (4000, 16_000)}
_WINDOW_S = 1 / 20


def capture_of(
    outcome: Drawn | TakeFailure,
    *,
    loudness: dict[str, Floats],
    num_pictures: int,
    limits: Limits,
    timeout_ms: int,
) -> Capture:
    """Returns what a take tells of a preset.

    Args:
        outcome: Of its take.
        loudness: What was heard, see `band_loudness`.
        num_pictures: At most 3.
        limits: What the pictures must be like.
        timeout_ms: What is said of a page that hung.
    """
    if isinstance(outcome, TakeFailure):
        return failed(outcome.error("the preset"), timeout_ms)
    frames = outcome.cells.music.astype(np.float64) / 255
    num_measured = len(frames) - 1
    # Which these are, see `take.ts`; before them stands the last frame of the warm-up.
    shown = [1, 1 + num_measured // 2, num_measured][:num_pictures]
    pictured = frames[shown]
    changes = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    response = BandResponse(**{band: _correlation(changes, loudness[band]) for band in _BANDS_HZ})
    avg_luma = float(luma(outcome.cells.music[shown]).mean())
    motion = float(np.abs(np.diff(pictured, axis=0)).mean()) if num_pictures > 1 else None
    return Capture(
        pictures=outcome.pictures[: min(num_pictures, NUM_OF_A_TAKE)],
        metrics=FrameMetrics(
            avg_luma=avg_luma,
            motion=motion,
            band_response=response,
            band_class=band_class(response),
        ),
        reasons=limits.faults(avg_luma, motion),
    )


def band_loudness(planar: bytes, settings: RenderSettings) -> dict[str, Floats]:
    """Returns how loud each band is at each measured frame, of shape [measure_frames].

    The root of the power of its frequencies in the twentieth of a second before the frame.

    Args:
        planar: The clip as the page is given it, see `aivj.audio.samples.time_bytes`.
        settings: How presets were drawn.
    """
    mono = np.frombuffer(planar, np.uint8)[: len(planar) // 3].astype(np.float64)
    mono = (mono - SILENT_BYTE) / SILENT_BYTE
    size = round(_WINDOW_S * SAMPLE_RATE_HZ)
    heard = np.concatenate([np.zeros(size), mono])
    numbers = np.arange(settings.warmup_frames + 1, settings.num_frames + 1)
    ends = np.rint(numbers / settings.frames_per_s * SAMPLE_RATE_HZ).astype(int)
    ends = np.minimum(ends, len(mono))
    windows = np.stack([heard[end : end + size] for end in ends]) * np.hanning(size)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    hz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ)
    return {
        band: np.sqrt(power[:, (hz >= low) & (hz < high)].sum(axis=1))
        for band, (low, high) in _BANDS_HZ.items()
    }


def band_class(response: BandResponse) -> BandClass:
    """Returns the band that a picture follows: none, one, or all alike."""
    values: dict[BandClass, float] = {
        "low": response.low or 0,
        "mid": response.mid or 0,
        "high": response.high or 0,
    }
    most = max(values, key=lambda band: values[band])
    if values[most] < _FLAT_BELOW:
        return "flat"
    return "balanced" if values[most] - min(values.values()) < _BALANCED_WITHIN else most


def _correlation(values: Floats, others: Floats) -> float:
    """Pearson's, 0 where it is negative or nothing changes."""
    own, other = values - values.mean(), others - others.mean()
    scale = float(np.sqrt((own @ own) * (other @ other)))
    return max(0.0, float(own @ other) / scale) if scale > 0 else 0.0
