import numpy as np
import pytest

from aivj.contracts.preset_audit import AuditQuality
from aivj.contracts.preset_audit_reasons import AuditReason
from aivj.faults import FAULTS
from aivj.library.quality import REASON_OF_FAULT, Limits, quality_of
from aivj.takes.cells import LayerCells
from aivj.takes.take import Drawn, TakeFailure


def drawn(*levels):
    """A take whose measured frames are plain grey; the frame of the warm-up is white."""
    frames = np.full((len(levels) + 1, 36, 64, 3), 255, np.uint8)
    for number, level in enumerate(levels, start=1):
        frames[number] = level
    return Drawn(LayerCells(frames, frames[:1]), (b"", b"", b""), 10.0, 4.0)


def test_figures_are_those_of_the_measured_frames_alone():
    quality = quality_of(drawn(51, 102, 51), Limits())
    assert quality.avg_luma == pytest.approx((0.2 + 0.4 + 0.2) / 3)
    assert quality.avg_frame_delta == pytest.approx(0.2)
    assert quality.avg_render_ms == 4.0
    assert quality.p95_render_ms is None
    assert (quality.ok, quality.reasons, quality.render_ok) == (True, [], True)


@pytest.mark.parametrize(
    ("luma", "delta", "render_ms", "limits", "reasons"),
    [
        (0.06, 0.01, 4, Limits(), ["too-dark"]),
        (0.0601, 0.002, 4, Limits(), []),
        (0.96, 0.01, 4, Limits(), ["too-bright"]),
        (0.5, 0.0019, 4, Limits(), ["low-motion"]),
        (0.0, 0.0, 4, Limits(), ["too-dark", "low-motion"]),
        (None, None, 4, Limits(), ["no-luma", "no-motion-sample"]),
        (0.05, 0.01, 4, Limits(min_avg_luma=0.035), []),
        (0.5, 0.01, 5, Limits(max_avg_render_ms=4), ["slow-render-avg"]),
        (0.5, 0.01, 4, Limits(max_avg_render_ms=4), []),
        (0.5, 0.01, 4, Limits(max_p95_render_ms=4), []),
    ],
)
def test_reasons_by_the_contracts_thresholds(luma, delta, render_ms, limits, reasons):
    figures = AuditQuality(avg_luma=luma, avg_frame_delta=delta, avg_render_ms=render_ms)
    assert limits.reasons(figures) == reasons


def test_a_black_still_take_says_so():
    quality = quality_of(drawn(0, 0, 0), Limits())
    assert quality.reasons == ["too-dark", "low-motion"]
    assert not quality.is_ok
    assert quality.is_crash_safe


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("wasm-trap", "wasm-abort"),
        ("bad-equation", "render-failed"),
        ("script-error", "render-failed"),
        ("hung-page", "probe-timeout"),
        ("gpu-crash", "render-failed"),
    ],
)
def test_a_failure_is_a_reason_and_never_a_zero(kind, reason):
    quality = quality_of(TakeFailure(kind, "a", "b", "c"), Limits())
    assert quality.reasons == [reason]
    assert quality.avg_luma is None
    assert quality.error_text == f"{kind}: b"
    assert quality.aborted is (reason == "wasm-abort")
    assert not quality.is_crash_safe


@pytest.mark.parametrize("kind", ["worker-error", "dead-actor", "page-load", "other-picture"])
def test_what_the_machinery_did_says_nothing_of_the_preset(kind):
    assert quality_of(TakeFailure(kind, "a", "b", "c"), Limits()) is None


def test_every_reason_is_in_the_vocabulary_and_every_fault_is_one():
    assert set(REASON_OF_FAULT) <= set(FAULTS)
    assert set(REASON_OF_FAULT.values()) <= set(AuditReason.__args__)


def test_faults_that_presets_carry_in_themselves_are_all_blamed_on_them():
    own = {kind for kind, fault in FAULTS.items() if fault.max_attempts == 1}
    of_packs = {"bad-entry", "missing-preset", "not-shown"}
    assert own - of_packs <= set(REASON_OF_FAULT)
