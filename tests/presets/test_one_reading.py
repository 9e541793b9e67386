"""The converter's reading of a preset and Python's are the same, whatever the file."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aivj.presets.milk import CustomShape, CustomWave, Milk, parse_milk
from aivj.stage.conversion import BUNDLE
from aivj.stage.conversion_child import ConversionChild

NUM_SAMPLED = 60
PIECES = [
    *(b"[preset00]\n", b"[preset01]", b"[x]", b"zoom", b"Zoom", b"wave_r", b"=", b" ", b"\t"),
    *(b"\n", b"\r", b"\r\n", b"\r\r\n", b"\0", b"`", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"),
    *(b"per_frame_", b"per_frame_init_", b"PER_PIXEL_", b"warp_", b"comp_", b"wave_3_per_point"),
    *(b"shape_12_init", b"shape_1_per_point", b"wavecode_0_", b"shapecode_15_", b"wave_007_init"),
    *(b"0", b"1", b"2", b"3", b"01", b"12", b"1000000000", b"1.5", b"-.5e3", b"1e999", b"inf"),
    *(b"x=1;", b"\xc5\x85\xa0", b"fRating", b"\x0b", b"\x0c", b"\x1a", b"__proto__", b"//"),
]


@pytest.fixture(scope="module")
def converter_reads():
    """What the converter reads in a file, asked of one process."""
    child = ConversionChild(BUNDLE)
    yield lambda data: child.ask({"text": data.decode("latin-1"), "read": True}, timeout_s=30)[
        "milk"
    ]
    child.close()


@pytest.fixture(scope="module")
def sampled(corpus) -> list[bytes]:
    """Real presets, evenly over the corpus."""
    presets = list(corpus.values())
    return presets[:: len(presets) // NUM_SAMPLED]


def part_said(index: int, part: CustomWave | CustomShape, blocks: dict[str, str]) -> dict:
    return {"index": index, "values": sorted(part.values.items()), "blocks": without_empty(blocks)}


def without_empty(blocks) -> list[tuple[str, str]]:
    return sorted((name, text) for name, text in dict(blocks).items() if text)


def python_said(milk: Milk) -> dict:
    """Returns a reading in the converter's shape."""
    own = {"init": milk.init, "per_frame": milk.per_frame, "per_pixel": milk.per_pixel}
    return {
        "preset": {"index": 0, "values": sorted(milk.values.items()), "blocks": without_empty(own)},
        "waves": [
            part_said(
                index,
                wave,
                {"init": wave.init, "per_frame": wave.per_frame, "per_point": wave.per_point},
            )
            for index, wave in milk.waves.items()
        ],
        "shapes": [
            part_said(index, shape, {"init": shape.init, "per_frame": shape.per_frame})
            for index, shape in milk.shapes.items()
        ],
        "warp": milk.warp_shader,
        "comp": milk.comp_shader,
        "raw": list(milk.raw.items()),
        "numDuplicateKeys": milk.num_duplicate_keys,
        "numLinesBehindGaps": milk.num_lines_behind_gaps,
        "numJunkLines": milk.num_junk_lines,
    }


def converter_said(answer: dict) -> dict:
    """Returns the converter's answer with pairs as pairs, without blocks that are empty."""

    def part(said: dict) -> dict:
        values = sorted((name, float(number)) for name, number in said["values"])
        return {**said, "values": values, "blocks": without_empty(said["blocks"])}

    return {
        **answer,
        "preset": part(answer["preset"]),
        "waves": [part(said) for said in answer["waves"]],
        "shapes": [part(said) for said in answer["shapes"]],
        "raw": [(key, text) for key, text in answer["raw"]],
    }


def mutated(data: bytes, draw) -> bytes:
    """Returns a preset with bytes overwritten and lines doubled, dropped, renumbered."""
    lines = data.split(b"\n")
    for _ in range(draw(st.integers(0, 6))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["double", "drop", "swap", "renumber", "insert"])):
            case "double":
                lines.insert(other, lines[at])
            case "drop" if len(lines) > 1:
                del lines[at]
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "renumber":
                lines[at] = lines[at].replace(b"1", draw(st.sampled_from([b"0", b"2", b"01", b""])))
            case _:
                lines.insert(at, draw(st.sampled_from(PIECES)))
    changed = bytearray(draw(st.sampled_from([b"\n", b"\r\n", b"\r"])).join(lines))
    for _ in range(draw(st.integers(0, 4))):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    text = bytes(changed)
    match draw(st.sampled_from(["as it is", "UTF-16 LE", "UTF-16 BE", "cut"])):
        case "UTF-16 LE":
            return b"\xff\xfe" + text.decode("latin-1").encode("utf-16-le")
        case "UTF-16 BE":
            return b"\xfe\xff" + text.decode("latin-1").encode("utf-16-be")
        case "cut":
            return text[: draw(st.integers(0, len(text)))]
        case _:
            return text


def test_real_presets_are_read_alike(sampled, converter_reads) -> None:
    for data in sampled:
        assert python_said(parse_milk(data)) == converter_said(converter_reads(data))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_mutated_presets_are_read_alike(sampled, converter_reads, data) -> None:
    text = mutated(data.draw(st.sampled_from(sampled)), data.draw)
    assert python_said(parse_milk(text)) == converter_said(converter_reads(text))


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join) | st.binary(max_size=80))
def test_nonsense_is_read_alike(converter_reads, data) -> None:
    assert python_said(parse_milk(data)) == converter_said(converter_reads(data))
