"""Which inputs reach which variables of a preset.

Equations are assignments in a row. A variable depends on all that its right-hand side reads, and
on what that depends on; one that is read before it is written still holds what it held a frame
before. This is followed from frame to frame until nothing changes any more.

An approximation: everything from one `name =` to the next counts as one right-hand side, a choice
(`if`, `above`) makes all that its right-hand side reads a matter of choice, and a shader depends
on all that it reads. Nothing is evaluated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from aivj.presets.program import Program, ShapeCode, WaveCode
from aivj.presets.tokens import Code

Inputs = int
"""A set of inputs, one bit each, and the same bits once more for those that act by a choice."""

BASS, MID, TREB, BASS_ATT, MID_ATT, TREB_ATT, TIME, CHANCE, MEMORY, PLACE, POLAR, SAMPLE, SOUND = (
    1 << bit for bit in range(13)
)
SMOOTHED = BASS_ATT | MID_ATT | TREB_ATT
AUDIO = BASS | MID | TREB | SMOOTHED
_CHOICE = 1 << 13
_SHIFT = 14

MOTION_VARIABLES = frozenset(("zoom", "zoomexp", "rot", "warp", "cx", "cy", "dx", "dy", "sx", "sy"))

_EVERYWHERE: Mapping[str, Inputs] = {
    "bass": BASS,
    "mid": MID,
    "treb": TREB,
    "bass_att": BASS_ATT,
    "mid_att": MID_ATT,
    "treb_att": TREB_ATT,
    **dict.fromkeys(("time", "frame", "progress"), TIME),
    **dict.fromkeys(("rand", "rand_start", "rand_preset", "rand_frame"), CHANCE),
    **dict.fromkeys(("megabuf", "gmegabuf"), MEMORY),
    **dict.fromkeys(("if", "above", "below", "equal", "band", "bor", "bnot"), _CHOICE),
}
_AT_A_PIXEL = {"x": PLACE, "y": PLACE, "rad": POLAR, "ang": POLAR}
_AT_A_POINT = {"sample": SAMPLE, "value1": SOUND, "value2": SOUND}
_AT_AN_INSTANCE = {"instance": SAMPLE}

_Q_NAMES = [f"q{number}" for number in range(1, 65)]
_REGISTERS = frozenset(_Q_NAMES)
PACKED_REGISTERS = {
    f"_q{letter}": _Q_NAMES[4 * index : 4 * index + 4] for index, letter in enumerate("abcdefgh")
}
"""Shaders may read registers four at a time."""

# Set to the preset's values before each frame, so nothing of them lasts.
_PRESET_VARIABLES = MOTION_VARIABLES.union(
    (f"wave_{key}" for key in ("r", "g", "b", "a", "x", "y", "mystery", "mode")),
    ("decay", "gamma", "echo_zoom", "echo_alpha", "echo_orient"),
    (f"{border}_{key}" for border in ("ob", "ib") for key in ("size", "r", "g", "b", "a")),
    (f"mv_{key}" for key in ("x", "y", "dx", "dy", "l", "r", "g", "b", "a")),
    _REGISTERS,
)
_T_REGISTERS = frozenset(f"t{number}" for number in range(1, 9))
_WAVE_VARIABLES = _T_REGISTERS.union(_REGISTERS, ("x", "y", "r", "g", "b", "a"))
_SHAPE_VARIABLES = _WAVE_VARIABLES.union(
    ("r2", "g2", "b2", "a2", "border_r", "border_g", "border_b", "border_a"),
    ("rad", "ang", "sides", "tex_zoom", "tex_ang", "textured", "additive", "thick"),
)

# Far more than real presets need; each round can tell of one more frame of delay.
_MAX_ROUNDS = 64

_Statement = tuple[str, list[str]]  # (variable, names read)


@dataclass(frozen=True)
class DataFlow:
    """What each variable depends on at the end of a frame.

    Attributes:
        frame: Variables of the per-frame equations, registers among them.
        motion: `MOTION_VARIABLES` as the per-pixel equations leave them.
        waves: Variables of each custom wave.
        shapes: Variables of each custom shape.
        warp_shader: What the warp shader reads.
        comp_shader: What the composite shader reads.
    """

    frame: Mapping[str, Inputs]
    motion: Mapping[str, Inputs]
    waves: tuple[Mapping[str, Inputs], ...]
    shapes: tuple[Mapping[str, Inputs], ...]
    warp_shader: Inputs
    comp_shader: Inputs

    @property
    def registers(self) -> dict[str, Inputs]:
        """Registers that the init or per-frame equations set."""
        return {name: inputs for name, inputs in self.frame.items() if name in _REGISTERS}


def acting_by_choice(inputs: Inputs) -> Inputs:
    """Returns those of the inputs that decide which of several things happens."""
    return inputs >> _SHIFT


def without_choice(inputs: Inputs) -> Inputs:
    """Returns all of the inputs, once each."""
    return inputs & (_CHOICE - 1)


def trace_data_flow(program: Program) -> DataFlow:
    """Follows the inputs through the code of a preset. Never raises."""
    start = _start_values(program.init, _EVERYWHERE)
    frame = _trace(program.per_frame, {**_EVERYWHERE, **start}, reset=_PRESET_VARIABLES)
    frame = start | frame
    known = {
        **_EVERYWHERE,
        **{name: inputs for name, inputs in frame.items() if name in _REGISTERS},
    }
    motion = {name: frame[name] for name in MOTION_VARIABLES if name in frame}
    pixel = _trace(program.per_pixel, {**known, **_AT_A_PIXEL, **motion}, reset=_PRESET_VARIABLES)
    return DataFlow(
        frame=frame,
        motion={**motion, **{name: pixel[name] for name in MOTION_VARIABLES if name in pixel}},
        waves=tuple(_trace_wave(wave, known) for wave in program.waves),
        shapes=tuple(_trace_shape(shape, known) for shape in program.shapes),
        warp_shader=_all_read(program.warp_shader, known),
        comp_shader=_all_read(program.comp_shader, known),
    )


def _start_values(init: Code, known: Mapping[str, Inputs]) -> dict[str, Inputs]:
    """Returns what init equations set: constants for ever after, unless chance decided them."""
    return {name: inputs & CHANCE for name, inputs in _trace(init, known, frozenset()).items()}


def _trace_wave(wave: WaveCode, known: Mapping[str, Inputs]) -> dict[str, Inputs]:
    frame = _trace_part(wave.init, wave.per_frame, known, _WAVE_VARIABLES)
    handed_on = {name: inputs for name, inputs in frame.items() if name in _WAVE_VARIABLES}
    point = _trace(wave.per_point, {**known, **_AT_A_POINT, **handed_on}, _WAVE_VARIABLES)
    return {**handed_on, **point}


def _trace_shape(shape: ShapeCode, known: Mapping[str, Inputs]) -> dict[str, Inputs]:
    return _trace_part(shape.init, shape.per_frame, {**known, **_AT_AN_INSTANCE}, _SHAPE_VARIABLES)


def _trace_part(
    init: Code, per_frame: Code, known: Mapping[str, Inputs], reset: frozenset[str]
) -> dict[str, Inputs]:
    start = _start_values(init, known)
    return {**start, **_trace(per_frame, {**known, **start}, reset)}


def _trace(code: Code, known: Mapping[str, Inputs], reset: frozenset[str]) -> dict[str, Inputs]:
    """Returns what every variable that `code` writes depends on in the long run.

    Args:
        code: Equations that run again and again.
        known: What names depend on before the first run.
        reset: Variables that start each run with what `known` says.
    """
    statements = _statements(code)
    written: dict[str, None] = {}
    early: set[str] = set()
    for variable, reads in statements:
        early.update(name for name in reads if name not in written)
        written[variable] = None
    lasting = early.intersection(written) - reset
    before = {name: known.get(name, 0) | MEMORY for name in lasting}
    for _ in range(_MAX_ROUNDS):
        now = _run(statements, {**known, **before})
        after = {name: inputs | now[name] for name, inputs in before.items()}
        if after == before:
            break
        before = after
    return {name: now[name] for name in written}


def _run(statements: Iterable[_Statement], now: dict[str, Inputs]) -> dict[str, Inputs]:
    for variable, reads in statements:
        inputs = 0
        for name in reads:
            inputs |= now.get(name, 0)
        if inputs & _CHOICE:
            inputs &= ~_CHOICE
            inputs |= (inputs & (_CHOICE - 1)) << _SHIFT
        now[variable] = inputs
    return now


def _statements(code: Code) -> list[_Statement]:
    statements: list[_Statement] = []
    reads: list[str] = []  # what stands before the first assignment changes no variable
    for name, operator, _ in code.tokens:
        if operator:
            reads = [] if operator == "=" else [name]
            statements.append((name, reads))
        elif name:
            reads.append(name)
    return statements


def _all_read(shader: Code, known: Mapping[str, Inputs]) -> Inputs:
    names = [name for packed in shader.reads for name in PACKED_REGISTERS.get(packed, (packed,))]
    return reduce(or_, (known.get(name, 0) for name in names), 0) & ~_CHOICE
