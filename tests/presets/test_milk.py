import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.milk import Milk, parse_milk, parse_number

CODE_PREFIXES = ("per_frame_init_", "per_frame_", "per_pixel_", "warp_", "comp_")
PIECES = st.sampled_from(
    [
        *CODE_PREFIXES,
        *("wave_0_init", "wave_12_per_point", "wavecode_3_", "shape_1_per_frame", "shapecode_"),
        *("zoom", "fRating", "PSVERSION", "MILKDROP_PRESET_VERSION", "[preset00]"),
        *("=", "`", "\n", "\r", "\r\n", " ", "\0", "\ufeff", "1", "-1.5e", "9" * 400, "x=y;"),
    ]
)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1, max_size=30)
CODE_LINES = st.lists(WORDS, min_size=1, max_size=8)


def written(lines: list[str], line_end: str = "\n") -> bytes:
    return line_end.join(lines).encode("latin-1")


def all_values(milk: Milk) -> list[float]:
    parts = [*milk.waves.values(), *milk.shapes.values()]
    return [*milk.values.values(), *(value for part in parts for value in part.values.values())]


@settings(deadline=None)
@given(st.binary() | st.lists(PIECES).map(lambda pieces: "".join(pieces).encode()))
def test_no_bytes_are_refused(data: bytes) -> None:
    milk = parse_milk(data)
    assert all(math.isfinite(value) for value in all_values(milk))
    assert milk.num_junk_lines >= 0
    assert isinstance(milk.ps_version, int)


@settings(deadline=None)
@given(CODE_LINES, st.sampled_from(CODE_PREFIXES), st.randoms(use_true_random=False))
def test_code_lines_come_back_in_the_order_of_their_numbers(lines, prefix, random) -> None:
    rows = [f"{prefix}{number}={text}" for number, text in enumerate(lines, 1)]
    random.shuffle(rows)
    milk = parse_milk(written([*rows, f"{prefix}{len(lines) + 2}=behind a gap"]))
    block = {
        "per_frame_init_": milk.init,
        "per_frame_": milk.per_frame,
        "per_pixel_": milk.per_pixel,
        "warp_": milk.warp_shader,
        "comp_": milk.comp_shader,
    }[prefix]
    assert block.split("\n") == [text.removeprefix("`") for text in lines]
    assert milk.num_duplicate_keys == milk.num_junk_lines == 0
    assert milk.num_lines_behind_gaps == 1


@settings(deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,12}", fullmatch=True),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_base_values_come_back(values: dict[str, float], line_end: str) -> None:
    data = written(["[preset00]", *(f"{k.upper()}={v!r}" for k, v in values.items())], line_end)
    assert parse_milk(data).values == values


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe"])
def test_byte_order_marks_and_nuls_are_dropped(mark: bytes) -> None:
    text = "zoom=1.5\nper_frame_1=x=1;"
    wide = text.encode("utf-16-le") if mark == b"\xff\xfe" else text.encode()
    milk = parse_milk(mark + wide)
    assert milk.values == {"zoom": 1.5}
    assert milk.per_frame == "x=1;"


def test_the_first_of_equal_keys_counts() -> None:
    milk = parse_milk(b"zoom=1\nZoom=2\nper_frame_1=a\nPER_FRAME_1=b\nwarp=3")
    assert milk.values["zoom"] == 1.0
    assert milk.per_frame == "a"
    assert milk.num_duplicate_keys == 2


def test_junk_is_counted_and_headers_are_not() -> None:
    milk = parse_milk(b"[preset00]\n\n   \nper_frame_8\n=5\nhello there\nzoom=1\n")
    assert milk.num_junk_lines == 3
    assert milk.values == {"zoom": 1.0}


def test_custom_waves_and_shapes_are_told_apart() -> None:
    milk = parse_milk(
        b"wavecode_2_enabled=1\nwavecode_2_bSpectrum=1\nwave_2_init1=i\nwave_2_per_frame1=f\n"
        b"wave_2_per_point2=q\nwave_2_per_point1=p\nshape_0_per_frame1=s\nshapecode_0_sides=7\n"
        b"shape_0_init1=t\nwave_r=0.5\n"
    )
    assert milk.values == {"wave_r": 0.5}
    assert list(milk.waves) == [2]
    wave = milk.waves[2]
    assert (wave.init, wave.per_frame, wave.per_point) == ("i", "f", "p\nq")
    assert wave.is_enabled
    assert wave.values == {"enabled": 1.0, "bspectrum": 1.0}
    shape = milk.shapes[0]
    assert (shape.init, shape.per_frame, shape.values) == ("t", "s", {"sides": 7.0})
    assert not shape.is_enabled


def test_shaders_lose_one_backtick_a_line_and_keep_their_indentation() -> None:
    milk = parse_milk(b"comp_1=`shader_body\ncomp_2=`{\ncomp_3=`  ret = `x`;\ncomp_4=`}\n")
    assert milk.comp_shader == "shader_body\n{\n  ret = `x`;\n}"


def test_versions_and_rating() -> None:
    old = parse_milk(b"zoom=1")
    assert (old.milkdrop_preset_version, old.ps_version, old.f_rating) == (100, 0, None)
    new = parse_milk(
        b"MILKDROP_PRESET_VERSION=201\nPSVERSION=2\nPSVERSION_WARP=2\nPSVERSION_COMP=3\n"
        b"fRating=3.000000.500000"
    )
    assert (new.milkdrop_preset_version, new.ps_version, new.f_rating) == (201, 3, 3.0)


def test_an_empty_preset_says_nothing_to_draw() -> None:
    assert parse_milk(b"").is_empty
    assert parse_milk(b"\x89PNG\r\n\x1a\n[x]\n").is_empty
    assert not parse_milk(b"per_frame_1=x").is_empty
    assert not parse_milk(b"wave_0_init1=x").is_empty
    assert not parse_milk(b"zoom=1").is_empty


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.5abc", 1.5),
        ("  -2.", -2.0),
        (".5", 0.5),
        ("+3e2x", 300.0),
        ("1e", 1.0),
        ("0,5", 0.0),
        ("0x10", 0.0),
        ("abc", 0.0),
        ("", 0.0),
        ("inf", 0.0),
        ("nan", 0.0),
        (".", 0.0),
        ("-1e999", -sys.float_info.max),
        ("9" * 5000, sys.float_info.max),
    ],
)
def test_numbers_are_read_as_atof_reads_them(text: str, number: float) -> None:
    assert parse_number(text) == number


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["", "x", " 7", ".0", "e"])
)
def test_a_number_survives_what_follows_it(number: float, tail: str) -> None:
    text = f"{number:.6f}"
    assert parse_number(text + tail) == float(text)


def test_every_real_preset_is_read(milks: dict[str, Milk]) -> None:
    assert len(milks) > 4000
    assert sum(milk.num_junk_lines > 0 for milk in milks.values()) < 20
    for name, milk in milks.items():
        assert not milk.is_empty, name
        assert {"zoom", "warp", "fdecay"} <= milk.values.keys(), name
        assert milk.milkdrop_preset_version in {100, 200, 201}, name
        assert milk.f_rating is None or 0.0 <= milk.f_rating <= 5.0, name
    assert sum(bool(milk.warp_shader or milk.comp_shader) for milk in milks.values()) > 700


def test_real_code_lines_are_all_kept(corpus: dict[str, bytes], milks: dict[str, Milk]) -> None:
    for name, data in corpus.items():
        num_lines = sum(line.startswith(b"per_pixel_") for line in data.splitlines())
        milk = milks[name]
        if not milk.num_duplicate_keys:
            assert (milk.per_pixel.count("\n") + 1 if num_lines else 0) == num_lines, name
