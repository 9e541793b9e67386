import json
from pathlib import Path

import pytest

from aivj.contracts.source_manifest import SourcePair, SourceRow, read_source_manifest
from aivj.errors import InputError

SAMPLE = (
    '{"pair":7,"fg":"/mnt/d/aidata/demo_pack/fg/p7_fg.milk",'
    '"bg":"/mnt/d/aidata/demo_pack/bg/p7_bg.milk","warp_diff":0.03,"cx_diff":0.06}'
)


def stored(folder: Path, *lines: str, newline: str = "\n") -> Path:
    path = folder / "manifest.jsonl"
    path.write_bytes(newline.join(lines).encode())
    return path


def test_sample_reads(tmp_path: Path):
    manifest = read_source_manifest(stored(tmp_path, SAMPLE), pack="demo_pack")
    row = SourceRow(
        pair=7,
        fg="/mnt/d/aidata/demo_pack/fg/p7_fg.milk",
        bg="/mnt/d/aidata/demo_pack/bg/p7_bg.milk",
        warp_diff=0.03,
        cx_diff=0.06,
    )
    assert manifest.pairs == [SourcePair(row, "fg/p7_fg.milk", "bg/p7_bg.milk")]
    assert manifest.num_bad_lines == 0


def test_bad_lines_are_counted_and_blank_ones_are_not(tmp_path: Path):
    path = stored(
        tmp_path,
        "\ufeff" + SAMPLE,
        "",
        "   ",
        "{broken",
        "[1]",
        '{"pair":1,"fg":"a.milk"}',
        '{"pair":1,"fg":"","bg":"b.milk"}',
        '{"pair":"1","fg":"a.milk","bg":"b.milk"}',
        '{"fg":"a.milk","bg":"b.milk"}',
        '{"pair":1,"fg":"../a.milk","bg":"b.milk"}',
        '{"pair":2,"fg":"a.milk","bg":"b.milk","warp_diff":"wide"}',
        newline="\r\n",
    )
    manifest = read_source_manifest(path, pack="demo_pack")
    assert [(p.row.pair, p.row.warp_diff) for p in manifest.pairs] == [(7, 0.03), (2, None)]
    assert manifest.pairs[1].bg_relative == "bg/b.milk"
    assert manifest.num_bad_lines == 7


def test_lines_of_the_other_generator_are_refused(tmp_path: Path):
    line = json.dumps({"pair_id": 3, "bg": "b", "fg": "f", "strategy": "s", "strength": 1})
    with pytest.raises(
        InputError, match=r"`pair` at .*manifest\.jsonl:2; found a line with `pair_"
    ):
        read_source_manifest(stored(tmp_path, SAMPLE, line), pack="demo_pack")


@pytest.mark.parametrize("lines", [[], ["{}"], ["not json", "null"]])
def test_manifest_without_a_usable_pair_is_refused(tmp_path: Path, lines):
    with pytest.raises(InputError, match=f"found {len(lines)} lines"):
        read_source_manifest(stored(tmp_path, *lines), pack="demo_pack")


def test_missing_manifest_and_unsafe_pack_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="nothing there"):
        read_source_manifest(tmp_path / "absent.jsonl", pack="demo_pack")
    with pytest.raises(InputError, match="safe folder name"):
        read_source_manifest(stored(tmp_path, SAMPLE), pack="../up")
