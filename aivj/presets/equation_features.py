"""Features read from the equations of a preset.

Only equations that run are counted: those of disabled custom waves and shapes are left out.
"""

from collections.abc import Mapping, Sequence

from aivj.presets.milk import Milk
from aivj.presets.tokens import CodeFacts, count_groups, flag_groups, num_registers, read_code

INPUTS: Mapping[str, Sequence[str]] = {
    "bass": ("bass", "bass_att"),
    "mid": ("mid", "mid_att"),
    "treb": ("treb", "treb_att"),
    "smoothed": ("bass_att", "mid_att", "treb_att"),
    "time": ("time",),
}
"""What makes code change from frame to frame: bands of the music, and time."""

_FUNCTIONS = {
    "sin": ("sin",),
    "cos": ("cos",),
    "tan": ("tan", "asin", "acos", "atan", "atan2"),
    "root": ("sqrt", "sqr"),
    "power": ("pow", "exp", "log", "log10"),
    "abs": ("abs", "sign"),
    "rand": ("rand",),
    "if": ("if",),
    "compare": ("above", "below", "equal", "band", "bor", "bnot"),
    "limit": ("min", "max", "sigmoid"),
    "round": ("int", "floor", "ceil"),
    "buffer": ("megabuf", "gmegabuf"),
    "loop": ("loop", "while"),
}
_MOVEMENTS = {name: (name,) for name in ("zoom", "rot", "warp", "cx", "cy", "dx", "dy", "sx", "sy")}
_COORDINATES = {name: (name,) for name in ("x", "y", "rad", "ang")}
_LOOKS = {
    "wave": ("wave_r", "wave_g", "wave_b", "wave_a", "wave_x", "wave_y", "wave_mystery"),
    "decay": ("decay",),
    "gamma": ("gamma",),
    "echo": ("echo_zoom", "echo_alpha", "echo_orient"),
    "outer_border": ("ob_size", "ob_r", "ob_g", "ob_b", "ob_a"),
    "inner_border": ("ib_size", "ib_r", "ib_g", "ib_b", "ib_a"),
    "motion_vectors": ("mv_x", "mv_y", "mv_dx", "mv_dy", "mv_l", "mv_r", "mv_g", "mv_b", "mv_a"),
}


def equation_features(milk: Milk) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    init = read_code(milk.init)
    per_frame = read_code(milk.per_frame)
    per_pixel = read_code(milk.per_pixel)
    waves = _wave_code(milk)
    shapes = _shape_code(milk)
    return {
        **size_features("init", init),
        **size_features("per_frame", per_frame),
        **size_features("per_pixel", per_pixel),
        **size_features("waves", waves),
        **size_features("shapes", shapes),
        **input_features("per_frame", per_frame),
        **input_features("per_pixel", per_pixel),
        **input_features("parts", waves + shapes),
        "per_frame.num_registers_written": num_registers((init + per_frame).writes),
        **flag_groups("per_frame.writes", _MOVEMENTS, per_frame.writes),
        **flag_groups("per_frame.writes", _LOOKS, per_frame.writes),
        **flag_groups("per_pixel.writes", _MOVEMENTS, per_pixel.writes),
        **count_groups("per_pixel.reads", _COORDINATES, per_pixel.reads),
        **count_groups(
            "equations", _FUNCTIONS, (init + per_frame + per_pixel + waves + shapes).reads
        ),
    }


def size_features(block: str, facts: CodeFacts) -> dict[str, float]:
    """Returns how much code there is."""
    return {f"{block}.num_lines": facts.num_lines, f"{block}.num_tokens": facts.num_tokens}


def input_features(block: str, facts: CodeFacts) -> dict[str, float]:
    """Returns how much the code listens to the music, the clock and other blocks."""
    return {
        **count_groups(f"{block}.reads", INPUTS, facts.reads),
        f"{block}.num_registers_read": num_registers(facts.reads),
    }


def _wave_code(milk: Milk) -> CodeFacts:
    waves = [wave for wave in milk.waves.values() if wave.is_enabled]
    return read_code(
        *(code for wave in waves for code in (wave.init, wave.per_frame, wave.per_point))
    )


def _shape_code(milk: Milk) -> CodeFacts:
    shapes = [shape for shape in milk.shapes.values() if shape.is_enabled]
    return read_code(*(code for shape in shapes for code in (shape.init, shape.per_frame)))
