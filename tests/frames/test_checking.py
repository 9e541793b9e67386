import io
from pathlib import Path

from PIL import Image

from aivj.contracts.frames_index import FrameMetrics, FramesLog, FramesRow, frame_path
from aivj.contracts.frames_quality import FrameRange, FrameThresholds
from aivj.frames.checking import check_frames
from aivj.storage import write_atomic


def picture(level: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (level,) * 3).save(written, "WEBP", lossless=True)
    return written.getvalue()


class Index:
    """An index that is being made, a line a call."""

    def __init__(self, root: Path) -> None:
        self.path = root / "frames-index.jsonl"
        self.num = 0

    def add(self, luma=0.4, motion=0.1, *, status="ok", is_there=True, level=None, name=None):
        self.num += 1
        preset_id = name or f"p{self.num}"
        relative = frame_path(preset_id, 0)
        if is_there and status == "ok":
            data = picture(self.num if level is None else level)
            write_atomic(self.path.parent / relative, data, fsync=False)
        with FramesLog(self.path) as log:
            log.append(
                FramesRow(
                    at=f"2026-03-01T00:00:{self.num:02d}.000Z",
                    preset_id=preset_id,
                    status=status,
                    frames=(relative,) if status == "ok" else (),
                    metrics=FrameMetrics(avg_luma=luma, motion=motion),
                )
            )
        return self


def judged(index: Index, *, at_scale: bool = False, **thresholds):
    return check_frames(index.path, FrameThresholds(**thresholds), at_scale=at_scale)


def test_counts_ratios_and_ranges_by_hand(tmp_path):
    index = Index(tmp_path)
    index.add(status="failed", name="tried again").add(0.5, 0.2, name="tried again")
    index.add(0.005, 0.001).add(0.005, 0.3).add(luma=None).add(is_there=False)
    index.add(status="failed").add(status="skipped")
    with index.path.open("a") as file:
        file.write("no line\n")
    found = judged(index)
    assert found.counts.model_dump() == {
        "lines": 8,
        "badLines": 1,
        "presets": 7,
        "ok": 5,
        "failed": 1,
        "skipped": 1,
        "lowBoth": 1,
        "missingMetrics": 1,
        "missingFrames": 1,
    }
    assert found.ratios.model_dump() == {
        "ok": 5 / 7,
        "fail": 1 / 7,
        "lowBoth": 0.2,
        "missingMetrics": 0.2,
        "missingFrames": 0.2,
    }
    assert found.ranges.avg_luma == FrameRange(min=0.005, max=0.5)
    assert found.time.model_dump() == {
        "earliest": "2026-03-01T00:00:01.000Z",
        "latest": "2026-03-01T00:00:08.000Z",
    }
    assert found.verdict.reasons == (
        "ok 0.714 < 0.85",
        "without figures 0.200 > 0.15",
        "without pictures 0.200 > 0.15",
    )
    assert found.thresholds.model_dump() == {
        "lumaMin": 0.01,
        "motionMin": 0.005,
        "minOkRatio": 0.85,
        "maxFailRatio": 0.15,
        "maxLowBothRatio": 0.25,
        "maxMissingMetricsRatio": 0.15,
        "maxMissingFramesRatio": 0.15,
    }


def test_each_limit_decides(tmp_path):
    index = Index(tmp_path)
    for _ in range(3):
        index.add()
    assert judged(index).verdict.ok
    index.add(0.001, 0.001).add(status="failed")
    assert judged(index, max_low_both_ratio=0.2).verdict.reasons == (
        "ok 0.800 < 0.85",
        "failed 0.200 > 0.15",
        "dark and still 0.250 > 0.2",
    )
    assert judged(index, min_ok_ratio=0.8, max_fail_ratio=0.2).verdict.ok


def test_what_a_library_must_give_too(tmp_path):
    index = Index(tmp_path)
    for number in range(20):
        index.add(luma=0.2 + 0.02 * number, motion=0.01 * number)
    assert judged(index, at_scale=True).verdict.ok
    for _ in range(6):
        index.add(level=200)
    found = judged(index, at_scale=True)
    assert found.ratios.same_first_frame == 6 / 26
    assert found.verdict.reasons == ("first picture another's too 0.231 >= 0.2",)
    alike = Index(tmp_path / "alike")
    for _ in range(3):
        alike.add()
    assert judged(alike, at_scale=True).verdict.reasons == (
        "range of luma 0.000 <= 0.3",
        "range of motion 0.000 <= 0.05",
    )


def test_an_empty_index_will_not_do(tmp_path):
    (tmp_path / "frames-index.jsonl").write_text("\n")
    found = judged(Index(tmp_path), at_scale=True)
    assert found.verdict.reasons[0] == "no preset"
    assert not found.verdict.ok
