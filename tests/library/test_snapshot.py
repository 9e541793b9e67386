import json

import pytest
from library.made_library import MadeProber, audit, write_library

from aivj.contracts.json_stream import CutOffError
from aivj.library.snapshot import SnapshotOptions, take_snapshot

REASONS = {"fWarpScale": "wasm-abort", "fWaveScale": "too-dark"}
ORIGINAL = {
    "version": "v0",
    "sourceRoot": "D:/milk",
    "entries": [
        {"relPath": "ok.milk", "tags": ["wave"], "quality": {"ok": True, "reasons": []}},
        {"relPath": "dark.milk", "quality": {"ok": False, "reasons": ["too-dark"]}},
        {"relPath": "crash.milk", "quality": {"ok": False, "reasons": ["wasm-abort"]}},
        {
            "relPath": "abort.milk",
            "quality": {"ok": False, "reasons": ["RuntimeError: Aborted(OOM 123)", "too-dark"]},
        },
        {"relPath": "lost.milk", "quality": {"ok": False, "reasons": ["probe-error"]}},
        {"relPath": "waits.milk", "warnings": ["large"], "quality": None},
        {"no": "path"},
    ],
}


@pytest.fixture
def original(tmp_path):
    path = tmp_path / "original" / "preset-audit.json"
    path.parent.mkdir()
    path.write_text(json.dumps(ORIGINAL, indent=2))
    return path


def snapshot(source, out_dir, **options):
    found = take_snapshot(source, out_dir, SnapshotOptions(**options))
    blacklist = json.loads((out_dir / "preset-audit.blacklist.json").read_bytes())
    return found, blacklist


def test_an_audit_of_the_original(original, tmp_path):
    before = original.read_bytes()
    found, blacklist = snapshot(original, tmp_path)
    assert original.read_bytes() == before
    summary = json.loads((tmp_path / "preset-audit.summary.json").read_bytes())
    assert summary["totals"] == {"scanned": 6, "withQuality": 5, "ok": 1, "bad": 4, "missing": 1}
    assert summary["top"]["reasons"] == [
        {"key": "too-dark", "count": 2},
        {"key": "Aborted(...)", "count": 1},
        {"key": "probe-error", "count": 1},
        {"key": "wasm-abort", "count": 1},
    ]
    assert summary["top"]["warnings"] == [{"key": "large", "count": 1}]
    assert summary["sourceRoot"] == "D:/milk"
    assert (found.num_bad_entries, found.num_crash_safe) == (1, 3)
    assert blacklist["badSourceRelPaths"] == [
        "dark.milk",
        "crash.milk",
        "abort.milk",
        "lost.milk",
    ]
    assert "badReasonsByRelPath" not in blacklist
    assert list(summary) == ["version", "generatedAt", "sourceRoot", "input", *list(summary)[4:]]


@pytest.mark.parametrize(
    ("mode", "missing", "named"),
    [
        ("crash", "drop", ["crash.milk", "abort.milk", "lost.milk"]),
        ("crash", "unsafe", ["crash.milk", "abort.milk", "lost.milk", "waits.milk"]),
        ("none", "unsafe", []),
        ("quality", "safe", ["dark.milk", "crash.milk", "abort.milk", "lost.milk"]),
    ],
)
def test_whom_the_blacklist_names(original, tmp_path, mode, missing, named):
    _, blacklist = snapshot(original, tmp_path, blacklist_mode=mode, missing_quality=missing)
    assert blacklist["badSourceRelPaths"] == named
    assert blacklist["meta"] == {
        "scanned": 6,
        "blacklisted": len(named),
        "blacklistMode": mode,
        "missingQuality": missing,
    }


def test_reasons_on_request(original, tmp_path):
    _, blacklist = snapshot(
        original, tmp_path, blacklist_mode="crash", include_reasons_by_rel_path=True
    )
    assert blacklist["badReasonsByRelPath"]["crash.milk"] == ["wasm-abort"]


def test_the_store_and_what_was_written_of_it_say_the_same(tmp_path):
    audit(write_library(tmp_path / "library"), tmp_path / "out", MadeProber(REASONS), stop_after=2)
    here, there = tmp_path / "here", tmp_path / "there"
    files = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    of_store = snapshot(tmp_path / "out", here, include_reasons_by_rel_path=True)
    of_file = snapshot(
        tmp_path / "out" / "preset-audit.json", there, include_reasons_by_rel_path=True
    )
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == files
    for (one, one_list), (other, other_list) in [(of_store, of_file)]:
        assert one.summary.totals == other.summary.totals
        assert one.summary.top == other.summary.top
        assert one_list | {"generatedAt": ""} == other_list | {"generatedAt": ""}
    assert of_store[0].summary.totals.missing > 0


def test_the_most_frequent_alone(original, tmp_path):
    found, _ = snapshot(original, tmp_path, top_n=1)
    assert [each.key for each in found.summary.top.reasons] == ["too-dark"]


def test_a_file_that_is_being_written_is_refused_and_nothing_is_left(original, tmp_path):
    original.write_bytes(original.read_bytes()[:-40])
    with pytest.raises(CutOffError):
        snapshot(original, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["original"]
