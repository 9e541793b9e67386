from dataclasses import replace

import numpy as np
import pytest

from aivj.audio.clip import SAMPLE_RATE_HZ
from aivj.contracts.frames_index import BandResponse
from aivj.frames.from_takes import band_class, band_loudness, capture_of
from aivj.frames.plan import Limits
from aivj.takes.cells import LayerCells
from aivj.takes.settings import RenderSettings
from aivj.takes.take import Drawn, TakeFailure

SETTINGS = RenderSettings(warmup_frames=2, measure_frames=4)
PICTURES = (b"first", b"middle", b"last")


def take(*levels: int) -> Drawn:
    """A take whose frames are grey, by level; the last of the warm-up first."""
    frames = np.stack([np.full((36, 64, 3), level, np.uint8) for level in levels])
    return Drawn(LayerCells(frames, frames[-1:]), PICTURES, 1.0, 1.0)


def loudness(*values: float) -> dict[str, np.ndarray]:
    still = np.zeros(len(values))
    return {"low": np.array(values), "mid": still, "high": -np.array(values)}


def captured(drawn, *, num_pictures=3, limits=Limits(), heard=(0.0, 0.0, 0.0, 0.0)):  # noqa: B008
    return capture_of(
        drawn,
        loudness=loudness(*heard),
        num_pictures=num_pictures,
        limits=limits,
        timeout_ms=20_000,
    )


def test_figures_of_a_take_by_hand():
    # Frames 1, 3 and 4 of the four measured ones are the pictures.
    found = captured(take(0, 51, 51, 102, 0), heard=(0.0, 0.0, 1.0, 2.0))
    assert found.pictures == PICTURES
    assert found.reasons == ()
    assert found.metrics.avg_luma == pytest.approx((0.2 + 0.4 + 0) / 3)
    assert found.metrics.motion == pytest.approx((0.2 + 0.4) / 2)
    # Changes .2, 0, .2, .4 beside loudness 0, 0, 1, 2: Pearson's r by hand.
    changes, heard = np.array([0.2, 0, 0.2, 0.4]), np.array([0, 0, 1, 2])
    expected = np.corrcoef(changes, heard)[0, 1]
    response = found.metrics.band_response
    assert response.low == pytest.approx(expected)
    assert (response.mid, response.high) == (0, 0)
    assert found.metrics.band_class == "low"


def test_fewer_pictures_and_limits():
    one = captured(take(0, 51, 51, 102, 0), num_pictures=1, limits=Limits(motion_min=0.1))
    assert one.pictures == PICTURES[:1]
    assert one.metrics.avg_luma == pytest.approx(0.2)
    assert (one.metrics.motion, one.reasons) == (None, ("quality-filter", "motion-missing"))
    dark = captured(take(0, 0, 0, 0, 0), limits=Limits(luma_min=0.01))
    assert dark.reasons == ("quality-filter", "luma<0.01")
    assert dark.metrics.band_class == "flat"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("wasm-trap", "wasm-abort"),
        ("bad-equation", "preset-load-failed"),
        ("script-error", "render-failed"),
        ("gpu-crash", "probe-error"),
        ("hung-page", "watchdog-idle>20000"),
        ("overdue", "watchdog-max>20000"),
        ("of tomorrow", "probe-error"),
    ],
)
def test_what_a_failed_take_is_called(kind, reason):
    found = captured(TakeFailure(kind, "a preset", "a fault", "repair it"))
    assert found.reasons == (reason,)
    assert (found.pictures, found.metrics) == ((), None)
    assert found.error_text.startswith(kind)


def test_bands_are_told_apart():
    """A bass for the first frames, then treble."""
    settings = replace(SETTINGS, warmup_frames=0, measure_frames=60)
    time_s = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    signal = np.where(time_s < 1, np.sin(2 * np.pi * 100 * time_s), np.sin(50_000 * time_s)) / 2
    planar = np.floor(128 * (1 + signal)).astype(np.uint8).tobytes() * 3
    heard = band_loudness(planar, settings)
    assert {band: len(values) for band, values in heard.items()} == dict.fromkeys(heard, 60)
    assert np.all(heard["low"][5:29] > 10 * heard["high"][5:29])
    assert np.all(heard["high"][35:] > 10 * heard["low"][35:])
    assert heard["mid"][5:29].max() < heard["low"][5:29].min() / 10


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ((0.0, 0.05, 0.07), "flat"),
        ((0.30, 0.35, 0.32), "balanced"),
        ((0.1, 0.5, 0.2), "mid"),
        ((0.1, 0.2, 0.5), "high"),
    ],
)
def test_the_band_that_leads(response, expected):
    low, mid, high = response
    assert band_class(BandResponse(low=low, mid=mid, high=high)) == expected
