"""Whose time it is: a CPU profile of the player's page, by what the functions are for.

Of the page's own script the bundle tells which source each line is from. What the browser's WebGL
functions take themselves is GL, whoever calls them; Butterchurn and WebAssembly are the presets'
equations and what they need to be drawn.
"""

import bisect
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.stage.assets import DIST

GL, EQUATIONS, OURS, BROWSER, IDLE = "GL", "equations", "player", "browser", "idle"

_SOURCE_MARK = re.compile(r"^// (\S+\.(?:js|ts))$")
_GL_PLUMBING = ("/render/programs.ts", "/render/gl_objects.ts", "/render/pass.ts")
_IDLE_NAMES = {"(idle)"}
_BROWSER_NAMES = {"(program)", "(garbage collector)", "(root)"}


@dataclass(frozen=True)
class Bundle:
    """Which source the lines of the bundle are from.

    Attributes:
        starts: First lines of the sources, ascending, from 0.
        sources: Their paths.
    """

    starts: Sequence[int]
    sources: Sequence[str]

    @classmethod
    def read(cls, path: Path = DIST / "player.js") -> "Bundle":
        """Reads the marks that the bundler leaves."""
        marks = [
            (number, match[1])
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines())
            if (match := _SOURCE_MARK.match(line.strip()))
        ]
        return cls([number for number, _ in marks], [source for _, source in marks])

    def source_of(self, line: int) -> str:
        """Returns the source that a line is from; empty before the first."""
        at = bisect.bisect_right(self.starts, line) - 1
        return self.sources[at] if at >= 0 else ""


def seconds_by_kind(
    profile: Mapping[str, Any], bundle: Bundle, gl_names: frozenset[str]
) -> dict[str, float]:
    """Returns the seconds of each kind of a `Profiler.stop` profile."""
    kinds = {node["id"]: _kind_of(node["callFrame"], bundle, gl_names) for node in profile["nodes"]}
    seconds: dict[str, float] = defaultdict(float)
    for node_id, delta_us in zip(profile["samples"], profile["timeDeltas"], strict=True):
        seconds[kinds[node_id]] += delta_us / 1e6
    return dict(seconds)


def _kind_of(frame: Mapping[str, Any], bundle: Bundle, gl_names: frozenset[str]) -> str:
    name, url = frame["functionName"], frame["url"]
    if name in _IDLE_NAMES:
        return IDLE
    if name in _BROWSER_NAMES:
        return BROWSER
    if url.startswith("wasm:"):
        return EQUATIONS
    if url.endswith("/player.js"):
        source = bundle.source_of(frame["lineNumber"])
        if "node_modules/" in source:
            return EQUATIONS
        return GL if source.endswith(_GL_PLUMBING) else OURS
    return GL if name in gl_names else BROWSER
