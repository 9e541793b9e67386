"""How many shaders of a folder of presets convert, link in a real Chromium, and draw.

Every preset with a shader, unique by content, is converted afresh, loaded into a bare Butterchurn
at 160x90 on llvmpipe, and drawn for a few frames.
"""

import argparse
import asyncio
import re
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from aivj.browser.chromium import find_chromium
from aivj.packs.scan import scan_presets
from aivj.stage.conversion import PresetConverter
from aivj.stage.converted_preset import ConvertedPreset
from aivj.storage import sha256_hex
from benchmarks.conversion_page import Trial, trial_page

_SHADER_LINE = re.compile(rb"^\s*(?:warp|comp)_\d+\s*=", re.MULTILINE)
_SHOWN_NAMES = 4

console = Console()


@dataclass(frozen=True)
class Candidate:
    """A preset file and what it became."""

    path: Path
    preset: ConvertedPreset
    duration_s: float


def unique_presets(folder: Path) -> dict[Path, bytes]:
    """Returns the presets with a shader, each content once, by path."""
    seen: set[str] = set()
    presets: dict[Path, bytes] = {}
    for path in (file.path for file in scan_presets(folder)):
        data = path.read_bytes()
        digest = sha256_hex(data)
        if digest not in seen and _SHADER_LINE.search(data):
            presets[path] = data
        seen.add(digest)
    return presets


def convert_all(presets: dict[Path, bytes]) -> list[Candidate]:
    """Converts without a cache."""
    candidates = []
    with TemporaryDirectory() as cache, PresetConverter(Path(cache)) as converter:
        for path, data in track(presets.items(), "converting", console=console):
            start_s = time.perf_counter()
            preset = converter.convert(data)
            candidates.append(Candidate(path, preset, time.perf_counter() - start_s))
    return candidates


async def try_all(
    candidates: list[Candidate], chromium: Path, num_frames: int
) -> tuple[str, list[Trial]]:
    """Loads and draws every preset; returns the renderer's name as well."""
    async with trial_page(chromium) as page:
        trials = [
            await page.try_preset(candidate.preset.butterchurn, num_frames=num_frames)
            for candidate in track(candidates, "linking and drawing", console=console)
        ]
        return page.renderer, trials


def print_shaders(candidates: list[Candidate], trials: list[Trial]) -> None:
    """Prints the table of shaders: how many there are, convert, and link."""
    states = Counter[str]()
    num_linked = 0
    for candidate, trial in zip(candidates, trials, strict=True):
        reports = (candidate.preset.shaders.warp, candidate.preset.shaders.comp)
        states.update(report.state for report in reports)
        num_linked += sum(report.state == "ok" for report in reports) - len(trial.link)
    num_shaders = states["ok"] + states["failed"]
    table = Table("shaders", "number", "of all")
    for name, number in (
        ("with a source", num_shaders),
        ("converted", states["ok"]),
        ("converted and linked", num_linked),
    ):
        table.add_row(name, str(number), f"{number / num_shaders:.2%}")
    console.print(table)


def print_presets(candidates: list[Candidate], trials: list[Trial]) -> None:
    """Prints the table of presets by what went wrong with them."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for candidate, trial in zip(candidates, trials, strict=True):
        by_reason[_reason(candidate.preset, trial)].append(candidate.path.name)
    table = Table("presets", "number", "names")
    for reason, names in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        shown = "" if reason == "whole" else "\n".join(names[:_SHOWN_NAMES])
        table.add_row(reason, str(len(names)), shown)
    console.print(table)


def _reason(preset: ConvertedPreset, trial: Trial) -> str:
    for report in (preset.shaders.warp, preset.shaders.comp):
        if report.state == "failed":
            return f"convert: {report.stage}: {report.message}"
    if trial.link:
        return f"link: {trial.link[0]}"
    if trial.gl:
        return f"WebGL errors {trial.gl}"
    if trial.script:
        return f"equations: {trial.script}"
    return "degraded by a texture" if preset.degraded else "whole"


def main() -> None:
    """Converts, links, draws, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--frames", type=int, default=4)
    options = parser.parse_args()
    candidates = convert_all(unique_presets(options.presets))
    durations_ms = [1000 * candidate.duration_s for candidate in candidates]
    renderer, trials = asyncio.run(try_all(candidates, find_chromium(), options.frames))
    console.print(f"{len(candidates)} presets with shaders; renderer: {renderer}")
    console.print(
        f"conversion per preset: median {statistics.median(durations_ms):.1f} ms, "
        f"95 % under {statistics.quantiles(durations_ms, n=20)[-1]:.1f} ms, "
        f"longest {max(durations_ms):.0f} ms, all {sum(durations_ms) / 1000:.1f} s"
    )
    print_shaders(candidates, trials)
    print_presets(candidates, trials)


if __name__ == "__main__":
    main()
