"""The run manifest of an index: which line counts of a preset, what is counted, what is cut off."""

from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.frames_index import FrameMetrics, FramesRow, frames_hash
from aivj.contracts.run_manifest import RunManifest, run_manifest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(preset: str, status: str = "ok", luma: float = 0.5, **changes: object) -> FramesRow:
    frames = ("frames/a.webp", "frames/b.webp") if status == "ok" else ()
    asked = {
        "at": "2026-03-01T09:00:00.000Z",
        "preset_id": preset,
        "rel_path": f"p/{preset}.milk",
        "status": status,
        "frames": frames,
        "metrics": FrameMetrics(avg_luma=luma, motion=0.1),
    }
    return FramesRow(**asked | changes)


def manifest(*rows: FramesRow, **options: object) -> RunManifest:
    index = Path("artifacts/aivj/safe/frames-index.jsonl")
    return run_manifest(rows, index_path=index, run_name="safe", now=NOON, **options)


def test_lines_are_counted_and_each_preset_is_listed_once() -> None:
    found = manifest(
        row("a", "failed", at="2026-03-01T09:00:00+08:00", reasons=("probe-error",)),
        row("a", luma=0.2),
        row("b", tier="dark", luma=0.9, at="2026-03-02T09:00:00.000Z"),
        row("b", luma=0.1),
        row("c", "skipped", at="no time"),
        row("d", "failed", metrics=None, reasons=("wasm-abort",)),
    )
    counts = found.counts
    assert (counts.total, counts.ok, counts.failed, counts.skipped) == (6, 3, 2, 1)
    assert (counts.tier1_ok, counts.tier2_ok, counts.unique_presets) == (2, 1, 4)
    assert found.time.earliest == "2026-03-01T01:00:00.000Z"
    assert found.time.latest == "2026-03-02T09:00:00.000Z"
    assert (found.index_path, found.out_dir) == (
        "artifacts/aivj/safe/frames-index.jsonl",
        "artifacts/aivj/safe",
    )
    assert [each.preset_id for each in found.presets] == ["a", "b", "c", "d"]
    a, b, _, d = found.presets
    assert (a.status, a.score, a.best_frame) == ("ok", 0.4 * 0.2 + 0.6 * 0.1, "frames/a.webp")
    assert (b.tier, b.metrics and b.metrics.avg_luma) == ("strict", 0.1)
    assert (d.reasons, d.best_frame, d.score) == (["wasm-abort"], "", 0)
    assert d.id_hash == frames_hash("d")
    assert "metrics" not in d.model_dump(mode="json")


def test_the_best_scores_are_kept_in_their_order_and_failures_if_wanted() -> None:
    rows = [
        row("a", luma=0.1),
        row("b", "failed", luma=0.9),
        row("c", luma=0.8),
        row("d", luma=0.7),
    ]
    best = manifest(*rows, max_presets=2)
    assert [each.preset_id for each in best.presets] == ["b", "c"]
    assert best.counts.unique_presets == 4
    good = manifest(*rows, max_presets=2, include_failed=False)
    assert [each.preset_id for each in good.presets] == ["c", "d"]
    empty = manifest()
    assert (empty.presets, empty.time.earliest, empty.counts.total) == ([], None, 0)
