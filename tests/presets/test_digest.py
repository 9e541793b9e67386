import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.digest import content_hash, hash_milk
from aivj.presets.milk import Milk

LINES = [
    "[preset00]",
    "fRating=3.000000",
    "zoom=1.010000",
    "warp=0",
    "per_frame_1=q1 = bass;",
    "per_frame_2=zoom = q1;",
    "wavecode_0_enabled=1",
    "wave_0_per_point1=x = sample;",
    "warp_1=`shader_body",
    "warp_2=`{ ret = 0; }",
]
BASE = "\n".join(LINES).encode()


@settings(deadline=None)
@given(
    order=st.permutations(LINES),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\xef\xbb\xbf"]),
    tail=st.sampled_from(["", "  ", "\t"]),
    rating=st.sampled_from(["fRating=5", "fRating=0.5", "", "FRATING=1"]),
)
def test_how_a_file_is_written_does_not_matter(order, line_end, mark, tail, rating) -> None:
    lines = [rating if line.startswith("fRating") else line for line in order]
    cased = [line.replace("per_frame_", "PER_FRAME_").replace("zoom=", "Zoom=") for line in lines]
    text = mark + "".join(f"{line}{tail}{line_end}{line_end}" for line in cased)
    assert content_hash(text.encode("latin-1")) == content_hash(BASE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("zoom=1.010000", "zoom=1.01"),
        ("warp=0", "warp=-0.000"),
        ("per_frame_2=zoom = q1;", "per_frame_2=zoom = q1;\nper_frame_4=rot = 1;"),
        ("[preset00]\n", ""),
        ("[preset00]", "hello"),
        ("zoom=1.010000", "zoom=1.010000\nZOOM=2"),
    ],
)
def test_equal_meaning_gives_equal_hashes(old: str, new: str) -> None:
    changed = BASE.decode().replace(old, new, 1).encode()
    assert changed != BASE
    assert content_hash(changed) == content_hash(BASE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("zoom=1.010000", "zoom=1.02"),
        ("warp=0", "warp=off"),
        ("q1 = bass", "q1 = treb"),
        ("per_frame_1", "per_frame_3"),
        ("per_frame_1", "per_frame_init_1"),
        ("wave_0_per_point1", "wave_1_per_point1"),
        ("wave_0_per_point1", "wave_0_per_frame1"),
        ("ret = 0", "ret = 1"),
        ("warp_", "comp_"),
    ],
)
def test_another_preset_has_another_hash(old: str, new: str) -> None:
    changed = BASE.decode().replace(old, new).encode()
    assert changed != BASE
    assert content_hash(changed) != content_hash(BASE)


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_have_a_hash(data: bytes) -> None:
    assert len(content_hash(data)) == 64


def test_copies_in_the_real_collections_are_found(
    corpus: dict[str, bytes], milks: dict[str, Milk]
) -> None:
    num_by_bytes = len(set(corpus.values()))
    num_by_content = len({hash_milk(milk) for milk in milks.values()})
    assert 1500 < num_by_content < 0.8 * num_by_bytes


def test_real_presets_keep_their_hash_when_shuffled(corpus: dict[str, bytes]) -> None:
    generator = random.Random(1)
    for name, data in list(corpus.items())[::40]:
        keys = [line.partition(b"=")[0].strip().lower() for line in data.splitlines()]
        if len(set(keys)) == len(keys):  # the last of equal keys counts, so their order matters
            lines = data.splitlines()
            generator.shuffle(lines)
            assert content_hash(b"\r\n".join(lines)) == content_hash(data), name
