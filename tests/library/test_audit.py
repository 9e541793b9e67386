"""An audit that is stopped, killed or told otherwise comes to what it would have come to."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library.made_library import TEXTS, MadeProber, audit, write_library

from aivj.contracts.preset_audit_stream import PresetAuditReader
from aivj.errors import InputError
from aivj.library import audit as audit_module
from aivj.library.shards import find_shards, write_shard

REASONS = {"fWarpScale": "wasm-abort", "fWaveScale": "too-dark"}


@pytest.fixture
def library(tmp_path):
    return write_library(tmp_path / "library")


def told(out_dir):
    """What an audit's files say, but for times."""
    entries = [
        entry.model_copy(update={"probed_at": entry.probed_at and "then"})
        for entry in PresetAuditReader(out_dir / "preset-audit.json")
    ]
    rest = {
        path.name: {
            key: value
            for key, value in json.loads(path.read_bytes()).items()
            if key not in {"generatedAt", "updatedAt"}
        }
        for path in sorted(out_dir.glob("*.json"))
        if path.name != "preset-audit.json"
    }
    return entries, rest


def test_every_file_has_its_entry_and_every_preset_is_probed_once(library, tmp_path):
    prober = MadeProber(REASONS)
    result, tally = audit(library, tmp_path / "out", prober)
    assert (result.num_files, result.num_presets, result.num_judged) == (5, 4, 4)
    assert sorted(prober.asked) == ["a/one.milk", "a/two.milk", "b/three.milk", "four.milk"]
    assert (tally.num_scanned, tally.num_probed, tally.num_ok, tally.num_bad) == (5, 5, 2, 3)
    assert tally.num_crash_safe == 3

    entries, rest = told(tmp_path / "out")
    assert [entry.rel_path for entry in entries] == sorted(TEXTS)
    by_path = {entry.rel_path: entry for entry in entries}
    assert by_path["b/one again.milk"].quality == by_path["a/one.milk"].quality
    assert by_path["b/one again.milk"].fixes == ["normalized-line-endings"]
    assert by_path["a/two.milk"].tags == ["wave", "line", "dark"]
    assert by_path["a/two.milk"].primary_category == "line"
    assert (by_path["a/two.milk"].pack, by_path["four.milk"].pack) == ("a", "")
    assert rest["audit-summary.json"] == {
        "version": "v0",
        "sourceRoot": str(library),
        "totals": {"scanned": 5, "probed": 5, "ok": 2, "bad": 3},
        "tags": {"liquid": 3, "abstract": 2, "wave": 1, "line": 1, "dark": 1, "vectors": 1},
        "categories": {"liquid": 3, "line": 1, "vectors": 1},
        "reasons": {"wasm-abort": 2, "too-dark": 1},
    }
    assert rest["quality-blacklist.json"] == {
        "version": "v0",
        "sourceRoot": str(library),
        "badSourceRelPaths": ["a/one.milk", "a/two.milk", "b/one again.milk"],
        "badReasonsByRelPath": {
            "a/one.milk": ["wasm-abort"],
            "a/two.milk": ["too-dark"],
            "b/one again.milk": ["wasm-abort"],
        },
    }


def test_the_same_call_again_reads_and_probes_nothing(library, tmp_path):
    audit(library, tmp_path / "out", MadeProber(REASONS))
    before = told(tmp_path / "out")
    prober = MadeProber(REASONS)
    result, _ = audit(library, tmp_path / "out", prober)
    assert (result.num_read, prober.asked) == (0, [])
    assert told(tmp_path / "out") == before


@pytest.mark.parametrize("num", [1, 2, 3])
def test_stopped_by_number_and_gone_on_with_is_the_same(library, tmp_path, num):
    audit(library, tmp_path / "whole", MadeProber(REASONS))
    for _ in range(10):
        prober = MadeProber(REASONS)
        result, _ = audit(library, tmp_path / "parts", prober, stop_after=num)
        if result.stopped_by is None:
            break
        assert len(prober.asked) == num
        assert not (tmp_path / "parts" / "audit-summary.json").exists()
        assert not (tmp_path / "parts" / "quality-blacklist.json").exists()
    assert told(tmp_path / "parts") == told(tmp_path / "whole")


def test_stopped_by_time_in_the_text(library, tmp_path, monkeypatch):
    times = iter(range(1000))
    monkeypatch.setattr(audit_module.time, "monotonic", lambda: float(next(times)))
    result, tally = audit(library, tmp_path / "out", MadeProber(), stop_after_sec=4)
    assert result.stopped_by == "time"
    assert 0 < tally.num_scanned < 5


class KilledError(BaseException):
    """Stands for a kill: nothing is written after it."""


@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_killed_anywhere_and_gone_on_with_is_the_same(tmp_path_factory, data):
    place = tmp_path_factory.mktemp("killed")
    library = write_library(place / "library")
    audit(library, place / "whole", MadeProber(REASONS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit_module, "_ROWS_A_LOT", data.draw(st.integers(1, 4)))
        for _ in range(3):
            left = data.draw(st.integers(0, 12))
            _kill_after(patch, left)
            try:
                audit(library, place / "parts", MadeProber(REASONS))
            except KilledError:
                continue
    audit(library, place / "parts", MadeProber(REASONS))
    assert told(place / "parts") == told(place / "whole")


def _kill_after(patch, num_writes):
    """Lets so many shards be written; what comes then is lost, half of it without its marker."""
    written = iter(range(num_writes))

    def write_or_die(folder, kind, rows):
        shard = write_shard(folder, kind, rows)
        if next(written, None) is None:
            marker = shard.path.with_name(shard.path.name.removesuffix(".parquet") + ".marker.json")
            marker.unlink()
            raise KilledError
        return shard

    patch.setattr(audit_module, "write_shard", write_or_die)


def test_a_file_that_changed_is_read_again_and_one_that_is_gone_is_left_out(library, tmp_path):
    audit(library, tmp_path / "out", MadeProber(REASONS))
    (library / "four.milk").write_text("fWaveScale=1\n")
    (library / "b" / "three.milk").unlink()
    (library / "new.milk").write_text("zoom=3\n")
    prober = MadeProber(REASONS)
    result, tally = audit(library, tmp_path / "out", prober)
    assert (result.num_read, prober.asked) == (2, ["four.milk", "new.milk"])
    assert tally.num_scanned == 5
    audit(library, tmp_path / "anew", MadeProber(REASONS))
    assert told(tmp_path / "out") == told(tmp_path / "anew")


def test_another_probe_asks_anew_and_its_answers_count(library, tmp_path):
    audit(library, tmp_path / "out", MadeProber(REASONS))
    prober = MadeProber(probe="made:2")
    _, tally = audit(library, tmp_path / "out", prober)
    assert len(prober.asked) == 4
    assert tally.num_ok == 5


def test_what_could_not_be_found_out_is_asked_again(library, tmp_path):
    result, tally = audit(library, tmp_path / "out", MadeProber(unknown=["warp=0.5"]))
    assert (result.num_unknown, tally.num_probed) == (1, 4)
    prober = MadeProber()
    _, tally = audit(library, tmp_path / "out", prober)
    assert prober.asked == ["four.milk"]
    assert tally.num_probed == 5


def test_the_text_alone(library, tmp_path):
    result, tally = audit(library, tmp_path / "out", stop_after=3)
    assert (result.stopped_by, tally.num_scanned, tally.num_probed) == ("number", 3, 0)
    _, tally = audit(library, tmp_path / "out")
    assert (tally.num_scanned, tally.num_probed, tally.named) == (5, 0, [])


def test_the_audit_of_another_library_is_not_gone_on_with(library, tmp_path):
    audit(library, tmp_path / "out")
    other = write_library(tmp_path / "other")
    with pytest.raises(InputError, match="--out-dir"):
        audit(other, tmp_path / "out")


@pytest.mark.parametrize("damage", ["cut", "gone", "marker"])
def test_what_is_damaged_is_done_again(library, tmp_path, damage):
    audit(library, tmp_path / "out", MadeProber(REASONS))
    before = told(tmp_path / "out")
    shard = find_shards(tmp_path / "out" / "store")[-1]
    if damage == "cut":
        os.truncate(shard.path, 10)
    elif damage == "gone":
        shard.path.unlink()
    else:
        shard.path.with_name(shard.path.name.replace(".parquet", ".marker.json")).write_text("{")
    prober = MadeProber(REASONS)
    audit(library, tmp_path / "out", prober)
    assert len(prober.asked) == 4
    assert told(tmp_path / "out") == before


def test_files_that_cannot_be_read_are_told(library, tmp_path, monkeypatch):
    monkeypatch.setattr(audit_module, "MAX_BYTES", 30)
    result, tally = audit(library, tmp_path / "out", MadeProber())
    assert tally.warnings == {"large": 3, "read-failed": 3}
    assert (result.num_presets, tally.num_scanned, tally.num_probed) == (2, 5, 2)


NAMES = st.text(min_size=1, max_size=40).filter(
    lambda name: "/" not in name and "\0" not in name and len(name.encode("utf-8", "replace")) < 90
)


@given(files=st.lists(st.tuples(NAMES, st.binary(max_size=300)), max_size=6))
@settings(deadline=None, max_examples=40)
def test_no_bytes_raise_or_lead_out_of_the_folder(tmp_path_factory, files):
    place = tmp_path_factory.mktemp("any")
    library = place / "library"
    library.mkdir()
    (library / "at least one.milk").write_bytes(b"")
    for name, data in files:
        with_suffix = os.fsencode(library) + b"/" + name.encode("utf-8", "replace") + b".milk"
        with open(with_suffix, "wb") as file:  # noqa: PTH123 - a name of bytes
            file.write(data)
    before = {path: path.read_bytes() for path in library.iterdir()}
    _, tally = audit(library, place / "out", MadeProber())
    assert tally.num_scanned == tally.num_probed == len(before)
    assert {path: path.read_bytes() for path in library.iterdir()} == before
    assert sorted(path.name for path in place.iterdir()) == ["library", "out"]
