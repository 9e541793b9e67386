import pytest

from aivj.presets.milk import Milk, parse_milk
from aivj.presets.tags import (
    TEXT_TAGS,
    TagInputs,
    measured_tags,
    primary_category,
    tag_features,
    tag_inputs,
    text_tags,
)


def tags_of(*lines: str) -> tuple[str, ...]:
    return text_tags(tag_inputs(parse_milk("\n".join(lines).encode())))


@pytest.mark.parametrize(
    ("lines", "tags"),
    [
        ([], ()),
        (["nWaveMode=1"], ("wave",)),
        (["nWaveMode=0"], ()),
        (["fWaveScale=0.081"], ("wave",)),
        (["fWaveScale=0.08"], ()),
        (["wave_r=0.5"], ("wave",)),
        (["wave_0_per_point1=x=1;"], ("wave",)),
        (["bWaveDots=1"], ("dots",)),
        (["bWaveThick=1", "fWaveScale=0.5"], ("wave", "line")),
        (["bWaveThick=1", "fWaveScale=0.08"], ()),
        (["bWaveThick=1", "fWaveScale=0.5", "bWaveDots=1"], ("wave", "dots")),
        (["fWarpScale=1.3"], ("liquid",)),
        (["fWarpScale=1.29"], ()),
        (["fWarpAnimSpeed=1.2"], ("liquid",)),
        (["warp=0.08"], ("liquid",)),
        (["warp=0.079"], ()),
        (["per_pixel_1=rot=1;"], ("abstract",)),
        ([f"per_frame_{n}=a=1;" for n in range(1, 24)], ()),
        ([f"per_frame_{n}=a=1;" for n in range(1, 25)], ("abstract",)),
        ([f"per_frame_init_{n}=a=1;" for n in range(1, 25)], ()),
        (["shape1=1"], ("geometric",)),
        (["shapecount=1"], ("geometric",)),
        (["shapecode_0_enabled=1"], ()),
        (["nMotionVectorsX=1"], ("vectors",)),
        (["nMotionVectorsY=0.5"], ("vectors",)),
    ],
)
def test_the_rules_of_the_contract(lines: list[str], tags: tuple[str, ...]) -> None:
    assert tags_of(*lines) == tags


def test_rules_need_counts_and_values_alone() -> None:
    inputs = TagInputs({}, num_per_frame=0, num_per_pixel=1, num_wave=1, num_shape=1)
    assert text_tags(inputs) == ("wave", "abstract", "geometric")


@pytest.mark.parametrize(
    ("luma", "delta", "tags"),
    [
        (0.06, 0.1, ("dark",)),
        (0.061, 0.002, ()),
        (0.96, 0.1, ("bright",)),
        (0.5, 0.0019, ("low-motion",)),
        (0.0, 0.0, ("dark", "low-motion")),
    ],
)
def test_what_a_rendering_decides(luma: float, delta: float, tags: tuple[str, ...]) -> None:
    assert measured_tags(avg_luma=luma, avg_frame_delta=delta) == tags


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        (("wave", "liquid", "line"), "liquid"),
        (("wave", "line"), "line"),
        (("geometric", "wave", "abstract"), "wave"),
        (("vectors", "dots", "geometric", "abstract"), "abstract"),
        (("vectors", "dots"), "dots"),
        (("vectors",), "vectors"),
        (("dark",), "other"),
        ((), "other"),
    ],
)
def test_the_category_is_the_first_that_applies(tags: tuple[str, ...], category: str) -> None:
    assert primary_category(tags) == category


def test_features_are_flags() -> None:
    features = tag_features(parse_milk(b"warp=1"))
    assert list(features) == [f"tag.{tag}" for tag in TEXT_TAGS]
    assert {name for name, flag in features.items() if flag} == {"tag.liquid"}


def test_real_presets_hardly_differ(milks: dict[str, Milk]) -> None:
    """As known of the rules: nearly all are `wave`, and few categories are used."""
    tags = [text_tags(tag_inputs(milk)) for milk in milks.values()]
    assert sum("wave" in own for own in tags) == len(tags)
    assert {primary_category(own) for own in tags} <= {"liquid", "line", "wave"}
