import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.frames_index import (
    BandResponse,
    FrameMetrics,
    FramesLog,
    FramesRow,
    best_rows,
    frame_files,
    frame_path,
    frames_hash,
    read_frames_index,
)
from aivj.contracts.json_text import row_bytes

AT = "2026-03-01T00:00:00.000Z"
ID = "demo-safe-a-soft-wave-1a2b3c"
OK = FramesRow(
    at=AT,
    preset_id=ID,
    rel_path="demo-safe/A - Soft Wave.milk",
    file_path="/data/demo-safe/A - Soft Wave.milk",
    status="ok",
    id_hash=frames_hash(ID),
    frames=(frame_path(ID, 0),),
    metrics=FrameMetrics(
        avg_luma=0.31,
        motion=0.06,
        band_response=BandResponse(low=0.2, mid=0.1, high=0.05),
        band_class="low",
    ),
)
FAILED = FramesRow(
    at=AT,
    preset_id="b",
    status="failed",
    reasons=("quality-filter", "luma<0.01"),
    error_text="too dark \ud800",
    tier="dark",
)

GOLDEN = (
    b'{"version":"v0","at":"2026-03-01T00:00:00.000Z","presetId":"demo-safe-a-soft-wave-1a2b3c",'
    b'"relPath":"demo-safe/A - Soft Wave.milk","filePath":"/data/demo-safe/A - Soft Wave.milk",'
    b'"status":"ok","idHash":"528a9a24bbc159b4",'
    b'"frames":["frames/52/8a/528a9a24bbc159b4/frame-000.webp"],'
    b'"metrics":{"avgLuma":0.31,"motion":0.06,'
    b'"bandResponse":{"low":0.2,"mid":0.1,"high":0.05},"bandClass":"low"}}\n'
)
GOLDEN_FAILED = (
    b'{"version":"v0","at":"2026-03-01T00:00:00.000Z","presetId":"b","relPath":"","filePath":"",'
    b'"status":"failed","reasons":["quality-filter","luma<0.01"],'
    b'"errorText":"too dark \\\\ud800","tier":"dark"}\n'
)


def row(**changes) -> FramesRow:
    return FramesRow.model_validate({"at": AT, "presetId": "a", "status": "ok"} | changes)


def test_lines_are_golden():
    assert row_bytes(OK) == GOLDEN
    assert row_bytes(FAILED) == GOLDEN_FAILED
    for line in (GOLDEN, GOLDEN_FAILED):
        assert row_bytes(FramesRow.model_validate(json.loads(line))) == line


def test_what_other_programs_write_is_read(tmp_path: Path):
    path = tmp_path / "frames-index.jsonl"
    shorter = {"frames": ["frames/0123456789abcdef/frame-000.webp"], "metrics": {"avgLuma": None}}
    lines = [
        {"version": "v0", "at": AT, "presetId": "a", "status": "ok", **shorter, "foreign": 1},
        {"version": "v0", "at": AT, "presetId": "b", "status": "skipped"},
        {"version": "v0", "at": AT, "presetId": "c", "status": "ok", "frames": ["../../etc/x"]},
        {"version": "v0", "at": AT, "presetId": "", "status": "ok"},
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + '\nno json\n{"version":"v0","a')
    read = read_frames_index(path)
    assert [each.preset_id for each in read.rows] == ["a", "b"]
    assert read.num_bad_lines == 4
    assert read.rows[0].metrics is not None
    assert read.rows[0].metrics.avg_luma is None


def test_the_line_that_counts():
    bright = {"metrics": {"avgLuma": 0.5, "motion": 0.1}}
    rows = [
        row(presetId="a", status="failed"),
        row(presetId="b", frames=["frames/1"], **bright),
        row(presetId="a", tier="dark", **bright),
        row(presetId="a", filePath="/counts"),
        row(presetId="a", status="failed", **bright),
        row(presetId="b", frames=["frames/1", "frames/2"], **bright),
        row(presetId="b", frames=["frames/3", "frames/4"], **bright),
    ]
    best = best_rows(rows)
    assert list(best) == ["a", "b"]
    assert best["a"].file_path == "/counts"
    assert best["b"].frames == ("frames/1", "frames/2")
    assert rows[1].score == pytest.approx(0.4 * 0.5 + 0.6 * 0.1)


def test_what_resuming_leaves_out():
    assert OK.is_settled
    assert row(status="failed", reasons=["empty"]).is_settled
    assert not row(status="failed", reasons=["probe-timeout>20000ms"]).is_settled
    assert not row(status="skipped").is_settled


def test_no_picture_is_read_outside_the_root(tmp_path: Path):
    root = tmp_path / "pack"
    (root / "frames").mkdir(parents=True)
    (root / "frames" / "50%41.webp").write_bytes(b"x")
    (tmp_path / "secret.webp").write_bytes(b"x")
    (root / "frames" / "out.webp").symlink_to(tmp_path / "secret.webp")
    found = frame_files(row(frames=["frames/50%41.webp", "frames/out.webp"]), root)
    assert found == [root / "frames" / "50%41.webp"]


@given(st.text(min_size=1), st.integers(0, 999))
def test_any_id_has_a_place_of_its_own_below_the_index(preset_id, number):
    path = frame_path(preset_id, number)
    assert row(presetId=preset_id, frames=[path]).frames == (path,)
    assert path.split("/")[3] == frames_hash(preset_id)


@given(st.binary(max_size=400), st.sampled_from([b"", GOLDEN, GOLDEN_FAILED]))
def test_no_bytes_make_reading_raise(tmp_path_factory, data, before):
    path = tmp_path_factory.mktemp("index") / "frames-index.jsonl"
    path.write_bytes(before + data)
    num_known = len(read_frames_index(path).rows)
    with FramesLog(path) as log:
        log.append(OK)
    assert read_frames_index(path).rows[-1] == OK
    assert len(read_frames_index(path).rows) >= num_known
