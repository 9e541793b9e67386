from datetime import UTC, datetime

import pytest

from aivj.contracts.acceptance import AcceptReport, AcceptStep
from aivj.contracts.checks import CheckResult, VerifyCheckReport
from aivj.contracts.log_stats import FrameTimeColumn, FrameTimeStat
from aivj.contracts.uplift import PickDistribution, Uplift
from aivj.report.acceptance import (
    AcceptancePage,
    Picture,
    acceptance_html,
    arm_chart,
    frame_chart,
    write_acceptance,
)

PNG = b"\x89PNG\r\n\x1a\n"


def step(title, verdict, found, remedy=None, evidence=()):
    return AcceptStep(
        title=title,
        verdict=verdict,
        found=found,
        remedy=remedy,
        duration_s=0.1,
        evidence=list(evidence),
    )


def accepted(*, verdict="failed"):
    return AcceptReport(
        pack="mine & yours",
        started_at="2026-03-01T09:00:00.000Z",
        duration_s=90.0,
        used_artifacts=True,
        verdict=verdict,
        steps={
            "files": step("Files are there", "pass", "8 pairs"),
            "verifyDev": step(
                "It draws", "fail", "<script>alert(1)</script>", "mend it", ["e/r.json"]
            ),
            "frameTime": step("Frames", "not-applicable", "a CPU drew"),
        },
    )


def judged(mode, verdict):
    result = CheckResult(verdict=verdict, required=True, expected="it is there", found="no report")
    return VerifyCheckReport(
        evidence="e", mode=mode, checked_at="", verdict="failed", checks={"report": result}
    )


def columns(*counts):
    edges = [0, 16, 33, 50, 66, None]
    return [
        FrameTimeColumn(from_ms=edges[at], to_ms=edges[at + 1], count=count)
        for at, count in enumerate(counts)
    ]


FRAMES = FrameTimeStat(
    verdict="pass",
    reason="",
    num_lines=3,
    num_bad_lines=0,
    log="",
    n=3,
    min_ms=16,
    max_ms=20,
    p50_ms=17,
    p90_ms=20,
    p95_ms=20,
    p99_ms=20,
    histogram=columns(0, 3),
)


def compared(mean):
    arm = PickDistribution(
        samples=50, unique_pairs=9, avg_quality=mean, p50=mean, p90=mean, top20_hit_rate=0.5
    )
    return Uplift(
        mean=0, low95=0, high95=0, ratio=1, top20_threshold=0.9, weighted=arm, shuffle=arm
    )


def page(**changes):
    values = {
        "report": accepted(),
        "generated_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "renderer": "llvmpipe",
        "is_software": True,
        "gate": {"dev": judged("dev", "pass"), "release": judged("release", "fail")},
        "pictures": [Picture("weighted picks", PNG)],
        "frame_time": FRAMES,
        "uplift": compared(0.8),
    }
    return AcceptancePage(**{**values, **changes})


def test_the_verdict_and_every_step_stand_in_the_page():
    html = acceptance_html(page())
    assert "✗ Not accepted" in html
    for text in ("mine &amp; yours", "8 pairs", "✓ passed", "✗ failed", "not applicable<"):
        assert text in html
    assert '<a href="e/r.json">e/r.json</a>' in html
    assert "<b>Do</b> mend it" in html
    assert "✓ Accepted" in acceptance_html(page(report=accepted(verdict="passed")))


def test_what_was_found_is_text_and_never_markup():
    html = acceptance_html(page())
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_page_without_evidence_says_so_and_draws_nothing():
    html = acceptance_html(page(gate={}, pictures=[], frame_time=None, uplift=None))
    assert "There was no evidence to check." in html
    assert "What was measured" not in html
    assert "What was seen" not in html


def test_the_same_data_give_the_same_bytes(tmp_path):
    write_acceptance(tmp_path / "a.html", page())
    write_acceptance(tmp_path / "b.html", page())
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_late_frames_are_hatched_and_empty_ends_left_out():
    svg = frame_chart(columns(0, 4, 0, 2, 0))
    assert svg.count('class="bar"') == 1
    assert svg.count('class="bar-flagged"') == 2
    assert ">66<" not in svg


@pytest.mark.parametrize(("mean", "share"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (1.5, 1.0)])
def test_a_bar_is_as_long_as_the_quality(mean, share):
    svg = arm_chart(compared(mean))
    widths = [float(part.split('"')[0]) for part in svg.split('width="')[1:]]
    for track, bar in (widths[:2], widths[2:]):
        assert bar == pytest.approx(share * track, abs=0.01)
