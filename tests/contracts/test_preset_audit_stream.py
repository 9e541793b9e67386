import json
import tracemalloc
from pathlib import Path

import pytest

from aivj.contracts.json_stream import CutOffError
from aivj.contracts.json_text import document_bytes, read_object, validated
from aivj.contracts.preset_audit import (
    AuditHeader,
    BlacklistHeader,
    PresetAudit,
    QualityBlacklist,
)
from aivj.contracts.preset_audit_stream import (
    PresetAuditReader,
    write_blacklist,
    write_preset_audit,
)

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def audit():
    path = GOLDEN / "preset-audit.json"
    return validated(PresetAudit, read_object(path), str(path))


def test_the_golden_is_streamed_to_the_byte(tmp_path, audit):
    header = AuditHeader.model_validate(audit.model_dump())
    write_preset_audit(tmp_path / "a.json", header, iter(audit.entries))
    assert (tmp_path / "a.json").read_bytes() == document_bytes(audit)

    reader = PresetAuditReader(tmp_path / "a.json")
    assert list(reader) == audit.entries
    assert reader.header == header
    assert reader.num_bad_entries == 0


def test_a_blacklist_is_streamed_to_the_byte(tmp_path):
    path = GOLDEN / "quality-blacklist.json"
    blacklist = validated(QualityBlacklist, read_object(path), str(path))
    write_blacklist(
        tmp_path / "b.json",
        BlacklistHeader.model_validate(blacklist.model_dump()),
        paths=iter(blacklist.bad_source_rel_paths),
        reasons=iter(blacklist.bad_reasons_by_rel_path.items()),
        meta=blacklist.meta,
    )
    assert (tmp_path / "b.json").read_bytes() == path.read_bytes()


def test_an_audit_of_another_program(tmp_path):
    """Keys in another order, entries that are none, keys that nobody knows."""
    path = tmp_path / "a.json"
    entries = [
        {"relPath": "x.milk", "quality": {"ok": False, "reasons": None, "avgLuma": "dark"}},
        {"fileName": "nameless.milk"},
        {"quality": None, "relPath": "y.milk", "mystery": {"a": [1]}},
    ]
    path.write_text(json.dumps({"entries": entries, "sourceRoot": "D:\\milk", "seed": "now"}))
    reader = PresetAuditReader(path)
    assert [entry.rel_path for entry in reader] == ["x.milk", "y.milk"]
    assert reader.num_bad_entries == 1
    assert reader.header.source_root == "D:\\milk"


def test_what_breaks_off_gives_its_whole_entries(tmp_path, audit):
    path = tmp_path / "a.json"
    text = document_bytes(audit)
    path.write_bytes(text[: text.rindex(b'"relPath"') + 20])
    entries = iter(PresetAuditReader(path))
    assert [next(entries), next(entries)] == audit.entries[:2]
    with pytest.raises(CutOffError):
        next(entries)


def test_what_cannot_be_written_leaves_what_was_there(tmp_path, audit):
    def fail():
        yield audit.entries[0]
        raise RuntimeError

    write_preset_audit(tmp_path / "a.json", AuditHeader(), audit.entries)
    before = (tmp_path / "a.json").read_bytes()
    with pytest.raises(RuntimeError):
        write_preset_audit(tmp_path / "a.json", AuditHeader(), fail())
    assert (tmp_path / "a.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_large_audit_is_never_held_whole(tmp_path, audit):
    """15 MB are written and read with a window of four, however many they are."""
    path = tmp_path / "a.json"
    tracemalloc.start()
    try:
        write_preset_audit(path, AuditHeader(), (audit.entries[0] for _ in range(15_000)))
        num_read = sum(1 for _ in PresetAuditReader(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert num_read == 15_000
    assert path.stat().st_size > 14_000_000
    assert peak < 6_000_000
