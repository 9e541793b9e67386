"""The code of a preset, each block read once, in the order in which MilkDrop runs it.

Code of custom waves and shapes that are not drawn does not run and is left out.
"""

from dataclasses import dataclass
from functools import cached_property

from aivj.presets.milk import Milk
from aivj.presets.tokens import Code, joined, read_code


@dataclass(frozen=True)
class WaveCode:
    """Equations of one custom wave."""

    init: Code
    per_frame: Code
    per_point: Code


@dataclass(frozen=True)
class ShapeCode:
    """Equations of one custom shape."""

    init: Code
    per_frame: Code


@dataclass(frozen=True)
class Program:
    """All code of a preset that runs."""

    init: Code
    per_frame: Code
    per_pixel: Code
    waves: tuple[WaveCode, ...]
    shapes: tuple[ShapeCode, ...]
    warp_shader: Code
    comp_shader: Code

    @property
    def wave_blocks(self) -> list[Code]:
        """The code of all custom waves."""
        return [code for wave in self.waves for code in (wave.init, wave.per_frame, wave.per_point)]

    @property
    def shape_blocks(self) -> list[Code]:
        """The code of all custom shapes."""
        return [code for shape in self.shapes for code in (shape.init, shape.per_frame)]

    @cached_property
    def wave_code(self) -> Code:
        """The code of all custom waves as one."""
        return joined(self.wave_blocks)

    @cached_property
    def shape_code(self) -> Code:
        """The code of all custom shapes as one."""
        return joined(self.shape_blocks)

    @cached_property
    def equations(self) -> Code:
        """All code that is no shader, as one."""
        own = [self.init, self.per_frame, self.per_pixel]
        return joined([*own, self.wave_code, self.shape_code])

    @cached_property
    def shaders(self) -> Code:
        """Both shaders as one."""
        return joined([self.warp_shader, self.comp_shader])

    @property
    def whole(self) -> Code:
        """All code as one."""
        return joined([self.equations, self.shaders])


def read_program(milk: Milk) -> Program:
    """Reads the code of a preset. Never raises."""
    return Program(
        init=read_code(milk.init),
        per_frame=read_code(milk.per_frame),
        per_pixel=read_code(milk.per_pixel),
        waves=tuple(
            WaveCode(read_code(wave.init), read_code(wave.per_frame), read_code(wave.per_point))
            for wave in milk.waves.values()
            if wave.is_enabled
        ),
        shapes=tuple(
            ShapeCode(read_code(shape.init), read_code(shape.per_frame))
            for shape in milk.shapes.values()
            if shape.is_enabled
        ),
        warp_shader=read_code(milk.warp_shader),
        comp_shader=read_code(milk.comp_shader),
    )
