"""Features that count what the equations of a preset read, call and write.

Only equations that run are counted: those of custom waves and shapes that are not drawn are left
out.
"""

from functools import cache

from aivj.presets.program import Program
from aivj.presets.tokens import Code, Counts, NameGroups, num_registers, summed

_INPUTS = {
    "bass": ("bass", "bass_att"),
    "mid": ("mid", "mid_att"),
    "treb": ("treb", "treb_att"),
    "smoothed": ("bass_att", "mid_att", "treb_att"),
    "time": ("time",),
    "frame": ("frame", "fps", "progress"),
}
_FUNCTIONS = NameGroups(
    "equations.calls",
    {
        "sin": ("sin",),
        "cos": ("cos",),
        "tan": ("tan", "asin", "acos", "atan", "atan2"),
        "root": ("sqrt", "sqr"),
        "power": ("pow", "exp", "log", "log10"),
        "abs": ("abs", "sign"),
        "rand": ("rand",),
        "if": ("if",),
        "compare": ("above", "below", "equal"),
        "logic": ("band", "bor", "bnot"),
        "min": ("min",),
        "max": ("max",),
        "sigmoid": ("sigmoid",),
        "round": ("int", "floor", "ceil"),
        "buffer": ("megabuf", "gmegabuf"),
        "loop": ("loop", "while"),
    },
)
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
_FRAME_WRITES = NameGroups("per_frame.writes", {**_MOVEMENTS, **_LOOKS})
_PIXEL_WRITES = NameGroups("per_pixel.writes", _MOVEMENTS)
_PIXEL_READS = NameGroups("per_pixel.reads", _COORDINATES)


def equation_features(program: Program) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset."""
    waves, shapes = program.wave_code, program.shape_code
    frame, pixel = program.per_frame, program.per_pixel
    return {
        **size_features("init", program.init),
        **size_features("per_frame", frame),
        **size_features("per_pixel", pixel),
        **size_features("waves", waves),
        **size_features("shapes", shapes),
        **input_features("per_frame", frame.reads),
        **input_features("per_pixel", pixel.reads),
        **input_features("parts", summed([waves.reads, shapes.reads])),
        "per_frame.num_registers_written": num_registers({**program.init.writes, **frame.writes}),
        **_FRAME_WRITES.count(frame.writes),
        **_PIXEL_WRITES.count(pixel.writes),
        **_PIXEL_READS.count(pixel.reads),
        **_FUNCTIONS.count(program.equations.reads),
    }


def size_features(block: str, code: Code) -> dict[str, float]:
    """Returns how much code there is."""
    return {f"{block}.num_lines": code.num_lines, f"{block}.num_tokens": code.num_tokens}


def input_features(block: str, reads: Counts) -> dict[str, float]:
    """Returns how much the code listens to the music, the clock and other blocks."""
    return {
        **_inputs_of(block).count(reads),
        f"{block}.num_registers_read": num_registers(reads),
    }


@cache
def _inputs_of(block: str) -> NameGroups:
    return NameGroups(f"{block}.reads", _INPUTS)
