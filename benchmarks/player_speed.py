"""How fast the player is: CPU time outside GL and equations, and frames lost when a pair changes.

Real pairs in one Chromium, in real time, with the groove. The first figure is the share of all of
the browser's CPU seconds that is neither the process that draws nor, by a CPU profile of the page,
GL calls, Butterchurn or equations. The second is how many frames of a clock of 30 a second are lost
from the press of Next to a second after the change, less as many as were lost in as much time
before it: a machine that cannot draw pairs 30 times a second loses those anyway.
"""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import CDPSession, ConsoleMessage, Page, async_playwright
from rich.table import Table

from aivj.browser.choice import RendererChoice
from aivj.browser.chromium import find_chromium
from aivj.pipeline.verification import player_server
from benchmarks.cpu_meter import CpuMeter
from benchmarks.goals import Goal, print_goals
from benchmarks.laps import difference
from benchmarks.player_profile import EQUATIONS, GL, IDLE, Bundle, seconds_by_kind
from benchmarks.real_pairs import LIBRARY, PACK, RealPairs, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer

_MOST_OUTSIDE = 0.15
_MOST_DROPPED = 2.0
_FRAME_MS = 1000 / 30
_WATCHED_MS = 1000.0
_PROFILE_INTERVAL_US = 500
_READY_TIMEOUT_S = 120.0
_GL_NAMES = "() => Object.getOwnPropertyNames(WebGL2RenderingContext.prototype)"
_START = """async () => {
  const wait = () => new Promise((resolve) => setTimeout(resolve, 50));
  while (!window.__nw_verify?.ready || document.body.dataset.status === "busy") await wait();
  document.getElementById("preset-auto-toggle").click();
  window.__frames = [];
  const note = (timeMs) => {
    window.__frames.push(timeMs);
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}"""
_SWITCH = """async () => {
  const hooks = window.__nw_verify;
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const before = hooks.getLastPresetSwitchReport()?.atMs;
  await wait(1100);
  const pressedMs = performance.now();
  document.getElementById("preset-next").click();
  while (hooks.getLastPresetSwitchReport()?.atMs === before) await wait(5);
  const { atMs, cache } = hooks.getLastPresetSwitchReport();
  await wait(1100);
  const frames = window.__frames.filter((timeMs) => timeMs > pressedMs - 1100);
  window.__frames.length = 0;
  return { pressedMs, atMs, cache, frames };
}"""


@dataclass(frozen=True)
class Change:
    """A change of pairs.

    Attributes:
        prefetched: Whether the pair had been made ready ahead.
        wait_ms: From the press of Next to the change.
        max_gap_ms: Longest time without a frame until a second after the change.
        dropped: Frames of a clock of 30 a second lost until then.
        dropped_anyway: As many as were lost in as much time before.
    """

    prefetched: bool
    wait_ms: float
    max_gap_ms: float
    dropped: int
    dropped_anyway: float

    @property
    def dropped_by_change(self) -> float:
        """Frames that the change itself cost."""
        return max(0.0, self.dropped - self.dropped_anyway)


def change_of(seen: Mapping[str, Any]) -> Change:
    """Reads what `_SWITCH` saw."""
    pressed_ms, at_ms = seen["pressedMs"], seen["atMs"]
    gaps = [(end, end - start) for start, end in pairwise(seen["frames"])]
    before = [gap for end, gap in gaps if pressed_ms - _WATCHED_MS < end <= pressed_ms]
    during = [gap for end, gap in gaps if pressed_ms < end <= at_ms + _WATCHED_MS]
    wait_ms = at_ms - pressed_ms
    anyway = _dropped(before) * (wait_ms + _WATCHED_MS) / _WATCHED_MS
    prefetched = seen["cache"] == "prefetched"
    return Change(prefetched, wait_ms, max(during, default=0), _dropped(during), anyway)


def _dropped(gaps_ms: Sequence[float]) -> int:
    return sum(max(0, round(gap / _FRAME_MS) - 1) for gap in gaps_ms)


@asynccontextmanager
async def open_page(pairs: RealPairs, choice: RendererChoice) -> AsyncIterator[tuple[Page, str]]:
    """Yields a page of a browser of its own, and the address of the player."""
    server = player_server(pairs.packs_root, pairs.converter)
    async with server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            headless=not choice.plan.headed,
            args=[*choice.plan.args, "--aivj-session=bench"],
            env={**os.environ, **dict(choice.plan.env)},
            chromium_sandbox=os.geteuid() != 0,
        )
        yield await browser.new_page(viewport={"width": 640, "height": 360}), server.origin
        await browser.close()


def address(origin: str, size: str, **parameters: str) -> str:
    """Returns the address of the player on the benchmark's pack."""
    query = {"coupled": 1, "coupledPack": PACK, "coupledPick": "shuffle", "seed": 1, "size": size}
    return f"{origin}/?{urlencode({**query, **parameters})}"


async def measure_cpu(page: Page, url: str, seconds: float, num_pairs: int) -> dict[str, float]:
    """Returns CPU seconds by what they were for."""
    await page.goto(url)
    await page.evaluate(_START)
    gl_names = frozenset(await page.evaluate(_GL_NAMES))
    session: CDPSession = await page.context.new_cdp_session(page)
    await session.send("Profiler.enable")
    await session.send("Profiler.setSamplingInterval", {"interval": _PROFILE_INTERVAL_US})
    with CpuMeter() as meter:
        before = meter.read()
        await session.send("Profiler.start")
        for _ in range(num_pairs):
            await page.wait_for_timeout(1000 * seconds / num_pairs)
            await page.evaluate("() => document.getElementById('preset-next').click()")
        stopped = await session.send("Profiler.stop")
        used = difference(meter.read(), before)
    profiled = seconds_by_kind(stopped["profile"], Bundle.read(), gl_names)
    busy_s = sum(profiled.values()) - profiled.get(IDLE, 0.0)
    shares = {kind: spent / busy_s for kind, spent in profiled.items() if kind != IDLE}
    by_kind = {f"page: {kind}": share * used["page"] for kind, share in shares.items()}
    rest = {kind: used.get(kind, 0.0) for kind in ("GPU process", "other browser")}
    return {**by_kind, **rest}


def outside_share(cpu_s: Mapping[str, float]) -> float:
    """Returns the share of CPU seconds outside GL and equations, 0 to 1."""
    inside = {"GPU process", f"page: {GL}", f"page: {EQUATIONS}"}
    outside_s = sum(spent for kind, spent in cpu_s.items() if kind not in inside)
    return outside_s / sum(cpu_s.values())


async def measure_changes(page: Page, url: str, num_changes: int) -> list[Change]:
    """Changes pairs, each when the next is ready if the address has the player prepare it."""
    ready: asyncio.Queue[str] = asyncio.Queue()

    def note(message: ConsoleMessage) -> None:
        if message.text.startswith("[Preload] batch done"):
            ready.put_nowait(message.text)

    page.on("console", note)
    await page.goto(url)
    await page.evaluate(_START)
    changes = []
    for _ in range(num_changes):
        if "prefetch=off" not in url:
            await asyncio.wait_for(ready.get(), _READY_TIMEOUT_S)
        changes.append(change_of(await page.evaluate(_SWITCH)))
    page.remove_listener("console", note)
    return changes


async def run(
    pairs: RealPairs, choice: RendererChoice, options: argparse.Namespace
) -> tuple[dict[str, float], dict[str, list[Change]]]:
    """Measures everything, one after the other, in one browser."""
    async with open_page(pairs, choice) as (page, origin):
        url = address(origin, "640x360", coupling3d="on")
        cpu_s = await measure_cpu(page, url, options.seconds, options.pairs)
        changes = {}
        for size in options.sizes:
            for name, parameters in (("ready", {}), ("not ready", {"prefetch": "off"})):
                url = address(origin, size, **parameters)
                seen = await measure_changes(page, url, options.changes)
                changes[f"{size}, {name}"] = seen
    return cpu_s, changes


def print_cpu(cpu_s: Mapping[str, float]) -> None:
    """Prints where the CPU seconds went."""
    table = Table("CPU time at 640x360", "seconds", "share")
    total = sum(cpu_s.values())
    for kind, spent in sorted(cpu_s.items(), key=lambda item: -item[1]):
        table.add_row(kind, f"{spent:.2f}", f"{spent / total:.1%}")
    console.print(table)


def print_changes(changes: Mapping[str, Sequence[Change]]) -> None:
    """Prints what changes cost."""
    table = Table(
        "change of pairs", "median wait ms", "longest gap ms", "dropped", "anyway", "by the change"
    )
    for name, seen in changes.items():
        table.add_row(
            name,
            f"{median(change.wait_ms for change in seen):.0f}",
            f"{max(change.max_gap_ms for change in seen):.0f}",
            f"{mean(change.dropped for change in seen):.1f}",
            f"{mean(change.dropped_anyway for change in seen):.1f}",
            f"{mean(change.dropped_by_change for change in seen):.1f}",
        )
    console.print(table)


def main() -> None:
    """Measures, and says what was wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--pairs", type=int, default=6, help="pairs that CPU time is measured over")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long that takes")
    parser.add_argument("--changes", type=int, default=8, help="changes of each kind")
    parser.add_argument("--sizes", nargs="+", default=["640x360", "192x108"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="software")
    options = parser.parse_args()
    choice = prove_renderer(options.gpu)
    with real_pairs(options.presets, 3 * options.changes, options.seed) as pairs:
        cpu_s, changes = asyncio.run(run(pairs, choice, options))
    print_cpu(cpu_s)
    print_changes(changes)
    ready = [change for name, seen in changes.items() if "not ready" not in name for change in seen]
    assert all(change.prefetched for change in ready)
    dropped = mean(change.dropped_by_change for change in ready)
    share = outside_share(cpu_s)
    print_goals(
        [
            Goal("CPU time outside GL and equations", share, _MOST_OUTSIDE, False, ".3f"),
            Goal(
                "frames dropped by a change to a ready pair", dropped, _MOST_DROPPED, False, ".1f"
            ),
        ]
    )


if __name__ == "__main__":
    main()
