"""MilkDrop tags: coarse words for what a preset does, read from a few of its numbers.

The rules are those of the preset audit. They hardly tell presets apart (`wave` holds for nearly
all of them) and stay as they are because others read them.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aivj.presets.milk import CustomWave, Milk

TEXT_TAGS = ("wave", "dots", "line", "liquid", "abstract", "geometric", "vectors")
"""Tags that the text decides, in the order in which they are listed."""

OTHER_CATEGORY = "other"

_CATEGORIES = ("liquid", "line", "wave", "abstract", "geometric", "dots", "vectors")
_DARK_LUMA01, _BRIGHT_LUMA01, _LOW_FRAME_DELTA = 0.06, 0.96, 0.002
_VISIBLE_WAVE_SCALE = 0.08
_WARP_SCALE, _WARP_SPEED, _WARP = 1.3, 1.2, 0.08
_MANY_LINES = 24
_SHAPE_KEY = re.compile(r"\nshape[0-9]")


@dataclass(frozen=True)
class TagInputs:
    """What the rules look at.

    Attributes:
        values: Base values by lower-case key; a rule about one that is not there does not hold.
        num_per_frame: Lines of per-frame equations.
        num_per_pixel: Lines of per-pixel equations.
        num_wave: Lines whose key begins with `wave_`.
        num_shape: Lines whose key begins with `shape` and a digit.
    """

    values: Mapping[str, float]
    num_per_frame: int
    num_per_pixel: int
    num_wave: int
    num_shape: int


def tag_inputs(milk: Milk) -> TagInputs:
    """Returns what the rules look at. Of keys that come twice, the last one counts."""
    keys = "\n".join(["", *milk.raw])
    wave_blocks = (block for wave in milk.waves.values() for block in _blocks(wave))
    return TagInputs(
        values=milk.values,
        num_per_frame=_num_lines(milk.per_frame),
        num_per_pixel=_num_lines(milk.per_pixel),
        num_wave=keys.count("\nwave_") + sum(map(_num_lines, wave_blocks)),
        num_shape=len(_SHAPE_KEY.findall(keys)),
    )


def text_tags(inputs: TagInputs) -> tuple[str, ...]:
    """Returns the tags of a preset, a selection of `TEXT_TAGS` in their order."""
    value = inputs.values.get
    has_wave_scale = value("fwavescale", 0.0) > _VISIBLE_WAVE_SCALE
    has_dots = value("bwavedots") == 1.0
    holds = (
        value("nwavemode", 0.0) > 0.0 or has_wave_scale or inputs.num_wave > 0,
        has_dots,
        value("bwavethick") == 1.0 and not has_dots and has_wave_scale,
        value("fwarpscale", 0.0) >= _WARP_SCALE
        or value("fwarpanimspeed", 0.0) >= _WARP_SPEED
        or value("warp", 0.0) >= _WARP,
        inputs.num_per_pixel > 0 or inputs.num_per_frame >= _MANY_LINES,
        inputs.num_shape > 0 or value("shapecount", 0.0) > 0.0,
        value("nmotionvectorsx", 0.0) > 0.0 or value("nmotionvectorsy", 0.0) > 0.0,
    )
    return tuple(tag for tag, does_hold in zip(TEXT_TAGS, holds, strict=True) if does_hold)


def measured_tags(*, avg_luma: float, avg_frame_delta: float) -> tuple[str, ...]:
    """Returns the tags that a rendering decides: `dark`, `bright`, `low-motion`.

    Args:
        avg_luma: Mean luma, 0 to 1.
        avg_frame_delta: Mean absolute difference between frames, 0 to 1.
    """
    holds = {
        "dark": avg_luma <= _DARK_LUMA01,
        "bright": avg_luma >= _BRIGHT_LUMA01,
        "low-motion": avg_frame_delta < _LOW_FRAME_DELTA,
    }
    return tuple(tag for tag, does_hold in holds.items() if does_hold)


def primary_category(tags: Collection[str]) -> str:
    """Returns the one tag that a preset is filed under."""
    return next((tag for tag in _CATEGORIES if tag in tags), OTHER_CATEGORY)


def tag_features(milk: Milk) -> dict[str, float]:
    """Returns 1 for each of `TEXT_TAGS` that a preset has, and 0 for the others."""
    tags = text_tags(tag_inputs(milk))
    return {f"tag.{tag}": float(tag in tags) for tag in TEXT_TAGS}


def _blocks(wave: CustomWave) -> tuple[str, str, str]:
    return wave.init, wave.per_frame, wave.per_point


def _num_lines(block: str) -> int:
    return block.count("\n") + 1 if block else 0
