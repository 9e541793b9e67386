"""Options of `aivj sample --runtime-url`: the runtime's own sampler's, under its names and ours.

They stand in `docs/live.md`; without `--runtime-url` they mean nothing, see `original_options`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from aivj.cli.verb import was_given
from aivj.errors import InputError

RUNTIME_RELOAD_EVERY = 800
"""Picks before a runtime's page is loaded anew, if nothing else is asked for."""


@dataclass(frozen=True)
class LiveOption:
    """An option with a value.

    Attributes:
        name: As the runtime's sampler spells it.
        field: Of `LiveSettings`.
        low: Smallest value; None for text.
        high: Largest value.
        is_whole: Whether it is a whole number.
    """

    name: str
    field: str
    low: float | None = None
    high: float | None = None
    is_whole: bool = True

    @property
    def our_name(self) -> str:
        """The option as ours are spelled."""
        return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"-{match[1].lower()}", self.name)

    def value(self, text: str) -> str | int | float:
        """Reads a value.

        Raises:
            InputError: It is no such number.
        """
        if self.low is None or self.high is None:
            return text
        try:
            number = int(text) if self.is_whole else float(text)
        except ValueError:
            number = self.low - 1
        if not self.low <= number <= self.high:
            kind = "a whole number" if self.is_whole else "a number"
            raise InputError(
                f"{kind} from {self.low:g} to {self.high:g} for {self.our_name}",
                repr(text),
                "choose one of them, or leave the option out",
            )
        return number


LIVE_OPTIONS = (
    LiveOption("--runtimeDir", "runtime_dir"),
    LiveOption("--presetLibrarySource", "preset_library_source"),
    LiveOption("--runManifestUrl", "run_manifest_url"),
    LiveOption("--viewportWidth", "width", 640, 7680),
    LiveOption("--viewportHeight", "height", 480, 4320),
    LiveOption("--deviceScaleFactor", "device_scale_factor", 0.5, 2, is_whole=False),
    LiveOption("--intervalMs", "interval_ms", 50, 5000),
    LiveOption("--warmupSamples", "warmup_samples", 0, 20),
    LiveOption("--measureSamples", "measure_samples", 1, 60),
    LiveOption("--downsampleSize", "downsample_size", 2, 64),
    LiveOption("--pickTimeoutMs", "pick_timeout_ms", 500, 60_000),
    LiveOption("--stuckMaxConsecutive", "stuck_max_consecutive", 1, 50),
    LiveOption("--stuckMaxRestarts", "stuck_max_restarts", 0, 50),
    LiveOption("--browserMaxRestarts", "browser_max_restarts", 0, 200),
    LiveOption("--gotoTimeoutMs", "goto_timeout_ms", 1000, 300_000),
    LiveOption("--viteReadyTimeoutMs", "server_timeout_ms", 5000, 600_000),
)

# What only the stage has, by the names of the verb's parameters.
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


def taken(arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Takes the live options out of `arguments`; returns fields of `LiveSettings`, and the rest.

    Raises:
        InputError: A value is missing or out of its bounds.
    """
    known = {name: option for option in LIVE_OPTIONS for name in (option.name, option.our_name)}
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
