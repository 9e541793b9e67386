import pytest

from aivj.frames.plan import CapturePlan, Limits


def test_which_frames_are_kept():
    assert CapturePlan().capture_frames == (60, 90, 120)
    assert CapturePlan(warmup_frames=12, capture_every=12).capture_frames == (12, 24, 36)
    assert CapturePlan(capture_count=1, capture_every=999).capture_frames == (60,)


def test_the_page_is_asked_by_its_names():
    request = CapturePlan(capture_count=2).request({"warp": ""}, Limits(luma_min=0.1))
    assert request == {
        "preset": {"warp": ""},
        "width": 256,
        "height": 144,
        "outSize": 224,
        "warmupFrames": 60,
        "captureCount": 2,
        "captureEvery": 30,
        "timeoutMs": 20_000,
        "fps": 30,
        "format": "webp",
        "quality": 0.92,
        "audio": "synthetic",
        "statsKey": "aivj",
        "lumaMin": 0.1,
    }


@pytest.mark.parametrize(
    ("limits", "luma", "motion", "faults"),
    [
        (Limits(), None, None, ()),
        (Limits(luma_min=0.05), 0.04, 0.2, ("quality-filter", "luma<0.05")),
        (Limits(luma_min=0.05, luma_max=0.9), 0.95, None, ("quality-filter", "luma>0.9")),
        (Limits(luma_max=0.9), None, 0.1, ("quality-filter", "luma-missing")),
        (Limits(motion_min=0.01), 0.5, None, ("quality-filter", "motion-missing")),
        (Limits(motion_min=0.01), 0.5, 0.001, ("quality-filter", "motion<0.01")),
        (Limits(0.05, 0.9, 0.01), 0.05, 0.01, ()),
    ],
)
def test_limits_speak_as_the_page_does(limits, luma, motion, faults):
    assert limits.faults(luma, motion) == faults
