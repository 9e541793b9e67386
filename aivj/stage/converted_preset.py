"""What the converter answers for a preset, as `web/src/convert/types.ts` declares it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ShaderState = Literal["none", "ok", "failed"]
FailureStage = Literal["preprocess", "parse", "timeout", "link"]


class _Answer(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, frozen=True
    )


class ShaderReport(_Answer):
    """What became of one of a preset's two shaders."""

    state: ShaderState = Field(description="none: the preset has no source for it")
    stage: FailureStage | None = Field(default=None, description="Where the conversion gave up")
    message: str | None = Field(default=None, description="Why, with the shader's line")


class ShaderReports(_Answer):
    """Both shaders. Without `ok`, Butterchurn draws its own default in that place."""

    warp: ShaderReport = Field(description="The shader that moves the last frame")
    comp: ShaderReport = Field(description="The shader that shows it")


class EquationReport(_Answer):
    """A block of equations that does not compile and is therefore left out."""

    block: str = Field(description="Which, such as per_frame or wave 2 per_point")
    line: int = Field(description="Number of the block's line, from 1")
    column: int = Field(description="Place in the line, from 1")
    text: str = Field(description="What stands there; empty at the block's end")
    message: str = Field(description="Why it does not compile")


class ConvertedPreset(_Answer):
    """A preset as Butterchurn 3 takes it, and how far that is what its author wrote."""

    converter: str = Field(description="Versions and policies that decided the output")
    butterchurn: dict[str, Any] = Field(
        description="Argument of loadPreset; empty if not even the text could be taken apart"
    )
    shaders: ShaderReports = Field(description="What became of the shaders")
    equations: list[EquationReport] = Field(
        default=[], description="Blocks of equations that are left out"
    )
    user_textures: list[str] = Field(description="Textures named that nobody ships")
    guessed_texsizes: list[str] = Field(description="Textures whose size was made up")
    degraded: bool = Field(description="It will not look as its author meant it")
    degraded_reasons: list[str] = Field(description="Why; empty unless degraded")
