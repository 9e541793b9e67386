from datetime import UTC, datetime
from pathlib import Path

import pytest

from aivj.contracts.frames_index import FrameMetrics, frame_path, read_frames_index
from aivj.errors import StorageError
from aivj.frames.capture import Capture, unreadable
from aivj.frames.folder import FramesFolder
from aivj.frames.subjects import Subject

METRICS = FrameMetrics(avg_luma=0.5, motion=0.25)
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def subject(name: str) -> Subject:
    return Subject(name, f"mine/{name}.milk", Path(f"/data/{name}.milk"))


def folder(root: Path) -> FramesFolder:
    return FramesFolder(root, lambda: MOMENT)


def test_what_is_kept_of_each_preset(tmp_path):
    frames = folder(tmp_path)
    frames.keep(subject("a"), Capture((b"1", b"2"), "png", METRICS))
    frames.keep(subject("b"), Capture((b"x",), "webp", METRICS, ("quality-filter", "luma>0.4")))
    frames.keep(subject("c"), Capture(reasons=("render-failed",), error_text="script-error: x"))
    frames.close()
    assert (tmp_path / frame_path("a", 0, "png")).read_bytes() == b"1"
    assert (tmp_path / frame_path("a", 1, "png")).read_bytes() == b"2"
    a, b, c = read_frames_index(frames.index).rows
    assert a.model_dump(mode="json") == {
        "version": "v0",
        "at": "2026-03-01T00:00:00.000Z",
        "presetId": "a",
        "relPath": "mine/a.milk",
        "filePath": "/data/a.milk",
        "status": "ok",
        "idHash": "86f7e437faa5a7fc",
        "frames": [frame_path("a", 0, "png"), frame_path("a", 1, "png")],
        "metrics": {"avgLuma": 0.5, "motion": 0.25},
    }
    assert (b.status, b.frames, b.metrics) == ("failed", (), METRICS)
    assert not (tmp_path / frame_path("b", 0)).exists()
    assert (c.status, c.reasons, c.error_text) == ("failed", ("render-failed",), "script-error: x")


def test_what_resuming_leaves_out(tmp_path):
    frames = folder(tmp_path)
    assert frames.settled() == set()
    frames.keep(subject("a"), Capture((b"1",), "webp", METRICS))
    frames.keep(subject("b"), Capture(reasons=("probe-error",)))
    frames.keep(subject("c"), unreadable(b" \n"))
    frames.keep(subject("d"), unreadable(b"a\0"))
    frames.close()
    with frames.index.open("ab") as index:
        index.write(b'{"version":"v0","at":"2026-03')
    assert folder(tmp_path).settled() == {"a", "c", "d"}
    assert unreadable(b"warp=1") is None


def test_no_line_names_a_picture_that_the_disk_did_not_take(tmp_path):
    (tmp_path / "frames").write_text("in the way")
    frames = folder(tmp_path)
    with pytest.raises(StorageError):
        frames.keep(subject("a"), Capture((b"1",), "webp", METRICS))
    frames.close()
    assert not frames.index.exists()
