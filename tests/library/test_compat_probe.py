import json

import pytest

from aivj.contracts.preset_audit import AuditQuality
from aivj.errors import RunError
from aivj.library import compat_probe
from aivj.library.compat_probe import CompatSettings, ProbeJob, probe_request
from aivj.library.quality import Limits


def test_the_hook_is_asked_as_the_runtime_asks_it():
    job = ProbeJob("c", '{"warp":"x\\"y"}')
    assert json.loads(probe_request(job, CompatSettings(), Limits())) == {
        "width": 256,
        "height": 144,
        "warmupFrames": 8,
        "sampleFrames": 24,
        "timeoutMs": 4500,
        "statsKey": "audit",
        "minAvgLuma": 0.06,
        "maxAvgLuma": 0.96,
        "minAvgFrameDelta": 0.002,
        "preset": {"warp": 'x"y'},
    }


def test_limits_of_time_are_told_when_given():
    asked = json.loads(
        probe_request(ProbeJob("c", "{}"), CompatSettings(), Limits(max_p95_render_ms=9))
    )
    assert asked["maxP95RenderMs"] == 9
    assert "maxAvgRenderMs" not in asked


def test_the_hard_limit_is_two_and_a_half_seconds_later():
    settings = CompatSettings()
    assert settings.timeout_s == 7.0
    assert settings.policy.deadline_s == 7.0


@pytest.mark.parametrize(
    ("first", "second", "is_fit"),
    [(0.2, 0.6, True), (0.0, 0.6, False), (0.2, 0.2, False), (None, None, False)],
)
def test_a_browser_that_shows_nothing_or_always_the_same_is_refused(first, second, is_fit):
    found = [AuditQuality(avg_luma=luma) for luma in (first, second)]
    if is_fit:
        compat_probe._refuse_blind(*found)
        return
    with pytest.raises(RunError, match="self-test"):
        compat_probe._refuse_blind(*found)
