"""Options of the runtime's own sampler that are no options of ours.

Its scripts can call `aivj sample` as they called it. With `--runtime-url` the fields of
`LiveSettings` are options, under the runtime's names and ours (`docs/live.md`). Without, they mean
nothing under its names, as what is about its development server always does: that is said and
dropped. What is left then is unknown.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from aivj.cli.model_options import bounds, fields_of
from aivj.cli.verb import was_given
from aivj.errors import InputError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

RELOAD_EVERY = 800
"""Picks before a runtime's page is loaded anew, if nothing else is asked for."""

_DROPPED_WITH_VALUE = frozenset({"--host", "--vitePort", "--port"})
_DROPPED_FLAGS = frozenset({"--noSpawnVite", "--muteAudio"})
# This one the runtime's sampler never had.
_OURS = "--runtimeDir"

# What only the stage has, by the names of the verb's parameters, and what to say instead.
_STAGE_ONLY = {
    "width": "--viewport-width",
    "height": "--viewport-height",
    "warmup_frames": "--warmup-samples",
    "measure_frames": "--measure-samples",
    "executor": "",
    "ray_address": "",
    "actor_cpus": "",
    "actor_gpus": "",
    "browser_slots": "",
}


@dataclasses.dataclass(frozen=True)
class LiveOption:
    """An option with a value.

    Attributes:
        name: As the runtime's sampler spells it.
        field: Of `LiveSettings`.
        info: What that knows of it.
    """

    name: str
    field: str
    info: "FieldInfo"

    @property
    def our_name(self) -> str:
        """The option as ours are spelled."""
        return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"-{match[1].lower()}", self.name)

    def value(self, text: str) -> str | int | float:
        """Reads a value.

        Raises:
            InputError: It is no such number.
        """
        low, high = bounds(self.info)
        if low is None or high is None:
            return text
        kind = int if self.info.annotation is int else float
        try:
            number = kind(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            what = "a whole number" if kind is int else "a number"
            raise InputError(
                f"{what} from {low:g} to {high:g} for {self.our_name}",
                repr(text),
                "choose one of them, or leave the option out",
            )
        return number


def live_options() -> list[LiveOption]:
    """Returns the options that `--runtime-url` brings along."""
    from aivj.live.settings import LiveSettings

    return [
        LiveOption(f"--{info.alias}", name, info)
        for name, info in fields_of(LiveSettings).items()
        if info.alias is not None
    ]


def taken(arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Takes the live options out of `arguments`; returns fields of `LiveSettings`, and the rest.

    Raises:
        InputError: A value is missing or out of its bounds.
    """
    known = {name: option for option in live_options() for name in (option.name, option.our_name)}
    fields: dict[str, Any] = {}
    left: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, has_value, text = word.partition("=")
        option = known.get(name)
        if option is None:
            left.append(word)
            continue
        if not has_value and not rest:
            raise InputError(f"a value for {name}", "none", "write it behind the option")
        fields[option.field] = option.value(text if has_value else rest.pop(0))
    return fields, left


def divided(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divides what our own options left over into names that are dropped, and unknown words."""
    live = {option.name for option in live_options()} - {_OURS}
    with_value = live | _DROPPED_WITH_VALUE
    dropped: list[str] = []
    unknown: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, has_value, _ = word.partition("=")
        if name not in with_value | _DROPPED_FLAGS:
            unknown.append(word)
            continue
        if not has_value and rest and (name in with_value or not rest[0].startswith("-")):
            rest.pop(0)
        dropped.append(name)
    return dropped, unknown


def refuse_stage_options(context: typer.Context) -> None:
    """Checks that nothing was asked for that a runtime's page decides by itself.

    Raises:
        InputError: Something was.
    """
    for name, instead in _STAGE_ONLY.items():
        if was_given(context, name):
            raise InputError(
                "options that a runtime's page knows, with --runtime-url",
                f"--{name.replace('_', '-')}, which only the stage has",
                f"leave it out, or say {instead}" if instead else "leave it out",
            )
