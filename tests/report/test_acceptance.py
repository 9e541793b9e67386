from datetime import UTC, datetime

import pytest

from aivj.report.acceptance import (
    AcceptancePage,
    FrameColumn,
    GateLine,
    PickArm,
    Picture,
    StepLine,
    acceptance_html,
    arm_chart,
    frame_chart,
    write_acceptance,
)

PNG = b"\x89PNG\r\n\x1a\n"


def page(**changes):
    steps = [
        StepLine("Files are there", "pass", "8 pairs", "", 0.02, []),
        StepLine("It draws", "fail", "<script>alert(1)</script>", "mend it", 61.0, ["e/r.json"]),
        StepLine("Frames", "not-applicable", "a CPU drew", "", 0.1, []),
    ]
    values = {
        "pack": "mine & yours",
        "generated_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "accepted": False,
        "duration_s": 90.0,
        "renderer": "llvmpipe",
        "is_software": True,
        "notices": ["A CPU drew."],
        "steps": steps,
        "gate": [GateLine("report", "it is there", ("pass", True), ("fail", True), "no report")],
        "pictures": [Picture("weighted picks", PNG)],
        "frames": [FrameColumn("0", 0, False), FrameColumn("16", 3, False)],
        "frames_note": "3 frames.",
        "arms": [PickArm("weighted", 0.8, 0.9)],
        "arms_note": "0.8.",
    }
    return AcceptancePage(**{**values, **changes})


def test_the_verdict_and_every_step_stand_in_the_page():
    html = acceptance_html(page())
    assert "✗ Not accepted" in html
    for text in ("mine &amp; yours", "8 pairs", "✓ passed", "✗ failed", "not applicable<"):
        assert text in html
    assert '<a href="e/r.json">e/r.json</a>' in html
    assert "<b>Do</b> mend it" in html
    assert "✓ Accepted" in acceptance_html(page(accepted=True))


def test_what_was_found_is_text_and_never_markup():
    html = acceptance_html(page())
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_page_without_evidence_says_so_and_draws_nothing():
    html = acceptance_html(page(gate=[], pictures=[], frames=[], arms=[]))
    assert "There was no evidence to check." in html
    assert "What was measured" not in html
    assert "What was seen" not in html


def test_the_same_data_give_the_same_bytes(tmp_path):
    write_acceptance(tmp_path / "a.html", page())
    write_acceptance(tmp_path / "b.html", page())
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_late_frames_are_hatched_and_empty_ends_left_out():
    columns = [("0", 0, False), ("16", 4, False), ("33", 0, True), ("50", 2, True), ("66", 0, True)]
    svg = frame_chart([FrameColumn(*column) for column in columns])
    assert svg.count('class="bar"') == 1
    assert svg.count('class="bar-flagged"') == 2
    assert ">66<" not in svg


@pytest.mark.parametrize(("mean", "share"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (1.5, 1.0)])
def test_a_bar_is_as_long_as_the_quality(mean, share):
    svg = arm_chart([PickArm("weighted", mean, 0.5)])
    widths = [float(part.split('"')[0]) for part in svg.split('width="')[1:]]
    track, bar = widths
    assert bar == pytest.approx(share * track, abs=0.01)
