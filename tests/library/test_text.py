import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.library.text import PARAMS, clean_text, hygiene, text_facts
from aivj.packs.drawing import MAX_PRESET_BYTES


def facts(*lines):
    return text_facts("\n".join(lines).encode() + b"\n")


@pytest.mark.parametrize(
    ("data", "text", "decoded_as", "fixes"),
    [
        (b"a=1\n", "a=1\n", "utf8", []),
        (b"a=1", "a=1\n", "utf8", ["ensure-trailing-newline"]),
        (b"", "", "utf8", []),
        (b"\xef\xbb\xbfa=1\n", "a=1\n", "utf8", ["removed-bom"]),
        (b"a=1\r\nb=2\rc=3\r\n", "a=1\nb=2\nc=3\n", "utf8", ["normalized-line-endings"]),
        (b"a\x00=\x071\n", "a=1\n", "utf8", ["stripped-control-chars"]),
        (b"a\t=\t1\n", "a\t=\t1\n", "utf8", []),
        ("ä=1\n".encode(), "ä=1\n", "utf8", []),
        ("ä=1\n".encode("latin-1"), "ä=1\n", "latin1", ["decoded-latin1"]),
        (
            b"\xef\xbb\xbf\xe4\r\n\x01x",
            "ä\nx\n",
            "latin1",
            [
                "decoded-latin1",
                "removed-bom",
                "normalized-line-endings",
                "stripped-control-chars",
                "ensure-trailing-newline",
            ],
        ),
    ],
)
def test_text_is_mended_and_what_was_done_is_told(data, text, decoded_as, fixes):
    clean = clean_text(data)
    assert (clean.text, clean.decoded_as, clean.fixes) == (text, decoded_as, fixes)


@pytest.mark.parametrize(
    ("data", "warnings"),
    [
        (b"a=1\n", []),
        (b"", ["empty"]),
        (b" " * MAX_PRESET_BYTES, []),
        (b" " * (MAX_PRESET_BYTES + 1), ["large"]),
        (b"a\0b" + b" " * MAX_PRESET_BYTES, ["large", "binary-nul"]),
    ],
)
def test_hygiene(data, warnings):
    assert hygiene(data) == warnings


def test_lines_are_counted_by_what_their_keys_begin_with():
    found = facts(
        "[preset00]",
        "per_frame_1=a=1;",
        "PER_FRAME_2=b=1;",
        "  per_frame_3 = c=1;",
        "per_frame_init_1=q1=0;",
        "per_pixel_1=rot=0;",
        "shape1=1",
        "shapecode_0_enabled=1",
        "wave_0_per_frame1=r=1;",
        "wave_r=1",
        "// per_frame_9=x",
        "; wave_q=1",
    )
    assert found.counts.model_dump(by_alias=False) == {
        "per_frame": 3,
        "per_pixel": 1,
        "shape": 1,
        "wave_line": 2,
    }
    assert found.line_count == 12


def test_the_first_number_of_a_key_counts():
    found = facts("WARP=abc", "warp = -0.5", "warp=9", "warp_1=`x", "fDecay=.98e0", "zoom=1e999")
    assert found.params == {"warp": -0.5, "fDecay": 0.98}


def test_params_come_in_one_order():
    found = facts("shapecount=2", "fWarpScale=2", "nWaveMode=3")
    assert list(found.params) == ["nWaveMode", "fWarpScale", "shapecount"]
    assert set(found.params) <= set(PARAMS)


@pytest.mark.parametrize(
    ("lines", "tags"),
    [
        (["fWarpScale=1.3"], ["liquid"]),
        (["fWaveScale=0.09", "bWaveThick=1"], ["wave", "line"]),
        (["bWaveDots=1", "bWaveThick=1", "fWaveScale=1"], ["wave", "dots"]),
        ([f"per_frame_{n}=x" for n in range(23)], []),
        ([f"per_frame_{n}=x" for n in range(24)], ["abstract"]),
        (["shape0=1", "nMotionVectorsY=2"], ["geometric", "vectors"]),
    ],
)
def test_tags_by_the_rules_of_the_contract(lines, tags):
    assert list(facts(*lines).tags) == tags


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_are_in_the_way(data):
    found = text_facts(data)
    assert found.line_count == clean_text(data).text.count("\n")
    assert all(value == value for value in found.params.values())  # noqa: PLR0124 - no NaN


def test_real_presets_have_their_tags(corpus):
    paths = sorted((corpus / "presets_milkdrop_200").glob("*.milk"))[:50]
    found = [text_facts(path.read_bytes()) for path in paths]
    assert all("wave" in each.tags for each in found)
    assert all(each.params for each in found)
