"""Features that tell which inputs reach what is seen, and by which ways."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from aivj.presets import data_flow
from aivj.presets.data_flow import (
    AUDIO,
    PACKED_REGISTERS,
    DataFlow,
    Inputs,
    acting_by_choice,
    trace_data_flow,
    without_choice,
)
from aivj.presets.program import Program
from aivj.presets.tokens import Code

_BANDS: Mapping[str, Inputs] = {
    "bass": data_flow.BASS | data_flow.BASS_ATT,
    "mid": data_flow.MID | data_flow.MID_ATT,
    "treb": data_flow.TREB | data_flow.TREB_ATT,
}
_SOURCES = {
    "audio": AUDIO,
    "time": data_flow.TIME,
    "chance": data_flow.CHANCE,
    "memory": data_flow.MEMORY,
}
_SHARE_SOURCES = {**_BANDS, "smoothed": data_flow.SMOOTHED, **_SOURCES}
_MOTION_SOURCES = {**_BANDS, "place": data_flow.PLACE, "polar": data_flow.POLAR}
_WAVE_SOURCES = {"sample": data_flow.SAMPLE, "sound": data_flow.SOUND}
_SHAPE_SOURCES = {"instance": data_flow.SAMPLE}

_MOTION = {
    "zoom": ("zoom", "zoomexp"),
    "rot": ("rot",),
    "warp": ("warp",),
    "center": ("cx", "cy"),
    "shift": ("dx", "dy"),
    "stretch": ("sx", "sy"),
}
_LOOKS = {
    "wave_color": ("wave_r", "wave_g", "wave_b", "wave_a"),
    "wave_place": ("wave_x", "wave_y", "wave_mystery", "wave_mode"),
    "fade": ("decay", "gamma"),
    "echo": ("echo_zoom", "echo_alpha", "echo_orient"),
    "border": tuple(f"{edge}_{key}" for edge in ("ob", "ib") for key in ("size", *"rgba")),
    "vectors": tuple(f"mv_{key}" for key in ("x", "y", "dx", "dy", "l", "r", "g", "b", "a")),
}
_WAVES = {"place": ("x", "y"), "color": tuple("rgba")}
_SHAPES = {
    "place": ("x", "y", "rad", "ang", "sides"),
    "color": (*"rgba", *(f"{key}2" for key in "rgba"), *(f"border_{key}" for key in "rgba")),
    "texture": ("tex_zoom", "tex_ang"),
}

_Reached = dict[str, Inputs]  # what reaches each group of variables


def flow_features(program: Program) -> dict[str, float]:
    """Returns features by name, the same names in the same order for every preset.

    `flow.<source>.<target>` is 1 where the source reaches the target, by whatever ways.
    """
    flow = trace_data_flow(program)
    motion = _reached("", _MOTION, [flow.motion])
    looks = _reached("", _LOOKS, [flow.frame])
    waves = _reached("waves.", _WAVES, flow.waves)
    shapes = _reached("shapes.", _SHAPES, flow.shapes)
    shaders = {"warp_shader": flow.warp_shader, "comp_shader": flow.comp_shader}
    return {
        **_flags({**motion, **looks, **waves, **shapes, **shaders}, _SOURCES),
        **_switch_flags({**motion, **looks, **waves, **shapes}),
        **_flags(motion, _MOTION_SOURCES),
        **_flags(waves, _WAVE_SOURCES),
        **_flags(shapes, _SHAPE_SOURCES),
        "flow.num_inputs.motion": _num_inputs(motion),
        "flow.num_inputs.looks": _num_inputs(looks),
        "flow.num_inputs.waves": _num_inputs(waves),
        "flow.num_inputs.shapes": _num_inputs(shapes),
        "flow.num_inputs.shaders": _num_inputs(shaders),
        **_shares(flow),
        **_registers(program, flow),
    }


def _reached(
    prefix: str, groups: Mapping[str, Sequence[str]], variables: Sequence[Mapping[str, Inputs]]
) -> _Reached:
    """Returns what reaches each group of variables, in any of the parts that have them."""
    reached = {}
    for group, names in groups.items():
        inputs = 0
        for inputs_of in variables:
            for name in names:
                inputs |= inputs_of.get(name, 0)
        reached[f"{prefix}{group}"] = inputs
    return reached


def _flags(reached: _Reached, sources: Mapping[str, Inputs]) -> dict[str, float]:
    flags = [
        1.0 if inputs & mask else 0.0 for mask in sources.values() for inputs in reached.values()
    ]
    return dict(zip(_flag_names(tuple(reached), tuple(sources)), flags, strict=True))


@cache
def _flag_names(targets: tuple[str, ...], sources: tuple[str, ...]) -> list[str]:
    return [f"flow.{source}.{target}" for source in sources for target in targets]


def _switch_flags(reached: _Reached) -> dict[str, float]:
    """Flags what the music switches: it decides in an `if`, or is compared with something."""
    return {
        f"flow.switch.{target}": float(acting_by_choice(inputs) & AUDIO != 0)
        for target, inputs in reached.items()
    }


def _num_inputs(reached: _Reached) -> int:
    """Counts the different inputs that reach any of the groups."""
    together = 0
    for inputs in reached.values():
        together |= inputs
    return without_choice(together).bit_count()


def _shares(flow: DataFlow) -> dict[str, float]:
    """Tells how much of what the per-frame equations compute follows what."""
    num_with = Counter(flow.frame.values())
    num_variables = max(len(flow.frame), 1)
    return {
        f"flow.share.{source}": sum([num for inputs, num in num_with.items() if inputs & mask])
        / num_variables
        for source, mask in _SHARE_SOURCES.items()
    }


def _registers(program: Program, flow: DataFlow) -> dict[str, float]:
    """Counts the registers that carry music from the per-frame equations to other code."""
    musical = {name for name, inputs in flow.registers.items() if inputs & AUDIO}
    return {
        "flow.num_registers.audio": len(musical),
        "flow.num_registers.memory": sum(
            1 for inputs in flow.registers.values() if inputs & data_flow.MEMORY
        ),
        "flow.audio_registers.per_pixel": _num_read(musical, [program.per_pixel]),
        "flow.audio_registers.waves": _num_read(musical, program.wave_blocks),
        "flow.audio_registers.shapes": _num_read(musical, program.shape_blocks),
        "flow.audio_registers.warp_shader": _num_read(musical, [program.warp_shader]),
        "flow.audio_registers.comp_shader": _num_read(musical, [program.comp_shader]),
    }


def _num_read(registers: set[str], codes: Iterable[Code]) -> int:
    if not registers:
        return 0
    names = {name for code in codes for name in code.reads}
    unpacked = {name for packed in names for name in PACKED_REGISTERS.get(packed, (packed,))}
    return len(registers & unpacked)
