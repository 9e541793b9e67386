"""Double presets: looked at, taken apart, laid out; whatever the bytes are."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.errors import InputError
from aivj.packs.drawing import MAX_PRESET_BYTES, Rejection
from aivj.packs.milk2 import DoublePreset, split_double_preset
from aivj.packs.milk2_pack import convert_doubles, listed_doubles
from aivj.packs.milk2_sniff import sniff, sniff_file
from aivj.packs.pairing import DrawnPack
from aivj.packs.provenance import read_provenance

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = b"[preset00]\r\nzoom=1.1\r\nper_frame_1=wave_r=1;\r\n"
OTHER = b"[preset00]\r\nzoom=0.9\r\nwarp=2\r\n"
HEADER = b"Created with MILKDROP 3.33\r\nblending_pattern=side\r\nrandom_1=0.25\r\n"


def double(one: bytes = ONE, other: bytes = OTHER, header: bytes = HEADER) -> bytes:
    return (
        header
        + b"[PRESET1_BEGIN]\r\nNAME=Geiss - Waves\r\n"
        + one
        + b"[PRESET1_END]\r\n\r\n[PRESET2_BEGIN]\r\nNAME=Caf\xe9\r\n"
        + other
        + b"[PRESET2_END]\r\n"
    )


def convert(root: Path, *files: Path, **options) -> DrawnPack:
    made = convert_doubles(files, pack="p", packs_root=root, generated_at=NOON, **options)
    return made.drawn


@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b"\r"])
def test_both_presets_are_found_between_their_markers(ends: bytes) -> None:
    found = split_double_preset(double().replace(b"\r\n", ends))
    assert isinstance(found, DoublePreset)
    assert (found.first.name, found.second.name) == ("Geiss - Waves", "Café")
    lines = [each.data.replace(b"\r", b"\n").split() for each in (found.first, found.second)]
    assert lines == [ONE.split(), OTHER.split()]
    assert found.blending == {"blending_pattern": "side", "random_1": "0.25"}


def test_two_presets_behind_headers_are_a_double_too() -> None:
    found = split_double_preset(b"[preset00]\nzoom=1.1\n[preset01]\nzoom=0.9\n")
    assert isinstance(found, DoublePreset)
    assert found.first.data == b"[preset00]\nzoom=1.1\n"
    assert found.second.data == b"[preset00]\nzoom=0.9\n"


def test_sprites_are_counted() -> None:
    found = split_double_preset(double() + b"[SPRITE1_BEGIN]\r\nimg=a.png\r\n[SPRITE1_END]\r\n")
    assert isinstance(found, DoublePreset)
    assert found.num_sprites == 1


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"", "not text", "nothing in it"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not text", "begins with 89 50 4e 47"),
        (b"\x01\x02" * 50 + double(), "not text", "printable"),
        (b"preset1=a.milk\npreset2=b.milk\n", "no two presets", "paths of presets: a.milk, b.milk"),
        (ONE, "no two presets", "headers preset00"),
        (b"[preset00]\nzoom=1\n[preset02]\nzoom=1\n", "no two presets", "preset00, preset02"),
        (double().replace(b"PRESET2_END", b"PRESET2"), "markers out of order", "preset1_begin"),
        (double() + double(), "markers out of order", "instead of"),
        (double(other=b""), "empty", "preset 2"),
        (double(one=ONE + ONE), "more than one preset in one place", "preset 1: 2 headers"),
        (double(one=b"x=" + b"1" * MAX_PRESET_BYTES + b"\n"), "too large", "preset 1"),
        (double(header=b";" * 2_000_000), "too large", "more than"),
    ],
)
def test_anything_else_is_refused_with_what_was_found(
    data: bytes, reason: str, detail: str
) -> None:
    found = split_double_preset(data)
    assert isinstance(found, Rejection)
    assert found.reason == reason
    assert detail in found.detail


def test_doubles_become_a_pack_that_the_runtime_loads(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.milk2").write_bytes(double())
    (tmp_path / "in" / "b.MILK2").write_bytes(b"\0")
    (tmp_path / "in" / "deep.milk2").mkdir()
    (tmp_path / "in" / "c.milk").write_bytes(ONE)
    files = listed_doubles([tmp_path / "in"])
    assert [file.name for file in files] == ["a.milk2", "b.MILK2"]
    drawn = convert(tmp_path / "public", *files)
    manifest = read_pairs_manifest(drawn.folder / PAIRS_MANIFEST_NAME, pack="p")
    assert len(manifest.pairs) == 1
    assert manifest.pairs[0].warp_diff == 1
    assert (drawn.folder / "fg" / "p000_fg.milk").read_bytes() == ONE
    assert (drawn.folder / "bg" / "p000_bg.milk").read_bytes() == OTHER
    (origin,) = read_provenance(drawn.folder).pairs
    assert origin.blending == {"blending_pattern": "side", "random_1": "0.25"}
    assert origin.fg.source == "a.milk2#1/Geiss - Waves.milk"
    assert origin.fg.family == "geiss"
    assert [each.source for each in drawn.passed_over.presets] == ["b.MILK2"]
    assert list((tmp_path / "public").glob("**/*.milk2")) == []
    assert convert(tmp_path / "public", *files).was_there


def test_the_second_preset_comes_to_the_front_if_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.milk2").write_bytes(double())
    drawn = convert(tmp_path, tmp_path / "a.milk2", swap=True)
    assert (drawn.folder / "fg" / "p000_fg.milk").read_bytes() == OTHER


def test_no_double_at_all_is_an_error_with_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "a.milk2").write_bytes(b"GIF89a\0\0")
    with pytest.raises(InputError, match=r"not text in a\.milk2"):
        convert(tmp_path / "public", tmp_path / "a.milk2")
    with pytest.raises(InputError, match="No such file"):
        convert(tmp_path / "public", tmp_path / "missing.milk2")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="none"):
        listed_doubles([tmp_path / "empty"])
    assert not (tmp_path / "public").exists()


PIECES = st.sampled_from(
    [
        b"[PRESET1_BEGIN]",
        b"[PRESET1_END]",
        b"[preset2_begin]",
        b"[PRESET2_END]",
        b"[preset00]",
        b"[preset01]",
        b"\n",
        b"\r",
        b"NAME=../../../etc/passwd",
        b"NAME=/etc/x\\..\\y",
        b"blending_pattern=",
        b"zoom=1",
        b"\0",
        b"\xff",
        b"\xc3\xa9",
        b"x.milk",
    ]
)
HOSTILE = st.one_of(
    st.binary(max_size=400),
    st.lists(PIECES, max_size=30).map(b"".join),
    st.lists(PIECES, max_size=12).map(lambda pieces: double(header=b"\n".join(pieces) + b"\n")),
    st.lists(PIECES, max_size=6).map(lambda pieces: double(one=b"\n".join(pieces) + b"\n" + ONE)),
)


@settings(max_examples=300)
@given(HOSTILE)
def test_no_bytes_raise_or_write_outside_their_root(tmp_path_factory, data: bytes) -> None:
    found = sniff(data, file="x", size_bytes=len(data))
    assert 0 <= found.sniff.printable_ratio <= 1
    assert len(found.hints.candidate_paths) <= 200
    assert found.sniff.looks_text or not found.hints.candidate_paths
    if isinstance(split_double_preset(data), Rejection):
        return
    root = tmp_path_factory.mktemp("root")
    (root / "x.milk2").write_bytes(data)
    folder = convert(root / "public", root / "x.milk2").folder
    read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack="p")
    assert {path.name for path in root.iterdir()} == {"x.milk2", "public"}
    files = {path.name for path in root.glob("public/**/*") if path.is_file()}
    assert files == {
        "p000_fg.milk",
        "p000_bg.milk",
        "pack-provenance.json",
        "pairs-manifest.v0.json",
    }


def test_a_text_is_told_from_what_is_none() -> None:
    text = sniff(double(), file="x", size_bytes=1)
    assert text.sniff.looks_text
    assert text.sniff.replacement_count == 1
    assert text.hints.interesting_lines[0] == "blending_pattern=side"
    assert not sniff(b"abc\0", file="x", size_bytes=4).sniff.looks_text
    assert not sniff(b"", file="x", size_bytes=0).sniff.looks_text
    assert not sniff(b"\xff" * 100, file="x", size_bytes=100).sniff.looks_text


def test_what_a_text_names_is_listed() -> None:
    lines = [
        'one="My Preset.milk" two=C:\\x\\b.MILK2',
        "three a.milk a.milk",
        "data:image/png;BASE64",
    ]
    found = sniff("\n".join(lines).encode(), file="x", size_bytes=1).hints
    assert found.candidate_paths == ["My Preset.milk", "C:\\x\\b.MILK2", "a.milk"]
    assert (found.has_data_image, found.has_base64_markers) == (True, True)
    many = "\n".join(f"{number}.milk" for number in range(500)).encode()
    found = sniff(many, file="x", size_bytes=1).hints
    limits = [len(each) for each in found.model_dump(include=SHORTENED).values()]
    assert limits == [200, 80, 30]


SHORTENED = {"candidate_paths", "interesting_lines", "preview_head_lines"}


def test_only_the_beginning_of_a_file_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "big.milk2"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))
    found = sniff_file(path, max_bytes=1024)
    assert (found.size_bytes, found.bytes_read) == (5008, 1024)
    assert found.sniff.has_null_byte
    assert found.hints.has_png_magic_in_head
    with pytest.raises(InputError, match="something else"):
        sniff_file(tmp_path)
