"""Whose time a take is: CPU seconds by process, and a profile of the page by source and function.

Real presets, each drawn once with music and in silence, pictures included, in one document. With
`--against` another build of the stage draws them as well, preset by preset beside this one in a
browser of its own: their seconds compare, and every byte must be the same.
"""

import argparse
import asyncio
import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Browser, CDPSession, Page, async_playwright
from rich.table import Table

from aivj.audio.groove import groove
from aivj.browser.choice import RendererChoice
from aivj.browser.chromium import find_chromium
from aivj.stage.assets import DIST
from aivj.stage.server import StageServer
from aivj.takes.render import planar_clip, take_request
from aivj.takes.settings import RenderSettings
from benchmarks.player_profile import Bundle
from benchmarks.real_pairs import LIBRARY, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer

_INTERVAL_US = 250
_NUM_FUNCTIONS = 40
_TAKE = "text => window.__aivj_stage.renderTake(JSON.parse(text)).then(JSON.stringify)"
_PAGE, _GPU = "renderer", "GPU"


@dataclass
class Contestant:
    """One build of the stage in a browser of its own.

    Attributes:
        cpu_s: CPU seconds so far, by type of process.
        digests: What each preset looked like, or how it failed.
        reading_ms: Sums of what the page says of its own wall time.
    """

    name: str
    page: Page
    browser: CDPSession
    origin: str
    cpu_s: Counter[str] = field(default_factory=Counter)
    digests: list[str] = field(default_factory=list)
    reading_ms: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def open(cls, browser: Browser, dist: Path, clip: bytes, stack: AsyncExitStack) -> Self:
        """Opens the page."""
        server = await stack.enter_async_context(StageServer(clips={"0": clip}, dist=dist))
        page = await browser.new_page()
        await page.goto(f"{server.origin}/preset-probe.html")
        return cls(str(dist), page, await browser.new_browser_cdp_session(), server.origin)

    async def take(self, request: str) -> None:
        """Draws a preset and books what it cost."""
        before = await self._cpu_s()
        answer = json.loads(await self.page.evaluate(_TAKE, request))
        after = await self._cpu_s()
        self.cpu_s.update({kind: after[kind] - before[kind] for kind in after})
        reading = answer.get("reading", {})
        seen = [reading[name] for name in ("cells", "pictures", "cutOff")] if reading else answer
        self.digests.append(hashlib.sha256(json.dumps(seen).encode()).hexdigest())
        self.reading_ms.update({name: reading.get(name, 0) for name in ("loadMs", "renderMs")})

    async def _cpu_s(self) -> Counter[str]:
        told = await self.browser.send("SystemInfo.getProcessInfo")
        used: Counter[str] = Counter()
        for process in told["processInfo"]:
            used[process["type"]] += process["cpuTime"]
        return used


async def race(
    choice: RendererChoice, builds: Sequence[Path], requests: Sequence[str], num_profiled: int
) -> tuple[list[Contestant], Mapping[str, Any] | None]:
    """Draws all presets with every build, and then profiles the first."""
    clip = planar_clip(groove(), RenderSettings())
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        contestants = []
        for dist in builds:
            browser = await playwright.chromium.launch(
                executable_path=find_chromium(),
                headless=not choice.plan.headed,
                args=list(choice.plan.args),
                env={**os.environ, **dict(choice.plan.env)},
                chromium_sandbox=os.geteuid() != 0,
            )
            stack.push_async_callback(browser.close)
            contestants.append(await Contestant.open(browser, dist, clip, stack))
        for contestant in contestants:
            # The first take makes what all share.
            await contestant.page.evaluate(_TAKE, requests[0])
        for index, request in enumerate(requests):
            for contestant in contestants[:: 1 if index % 2 else -1]:
                await contestant.take(request)
        return contestants, await _profile(contestants[0].page, requests[:num_profiled])


async def _profile(page: Page, requests: Sequence[str]) -> Mapping[str, Any] | None:
    if not requests:
        return None
    session = await page.context.new_cdp_session(page)
    await session.send("Profiler.enable")
    await session.send("Profiler.setSamplingInterval", {"interval": _INTERVAL_US})
    await session.send("Profiler.start")
    for request in requests:
        await page.evaluate(_TAKE, request)
    stopped = await session.send("Profiler.stop")
    profile: Mapping[str, Any] = stopped["profile"]
    return profile


def print_race(contestants: Sequence[Contestant]) -> None:
    """Prints CPU seconds a take, and whether the bytes are those of the first."""
    table = Table("build", "page", "GPU process", "browser", "load ms", "frames ms", "same bytes")
    first = contestants[0]
    for each in contestants:
        num = len(each.digests)
        same = sum(a == b for a, b in zip(first.digests, each.digests, strict=True))
        table.add_row(
            each.name,
            *(f"{each.cpu_s[kind] / num:.4f}" for kind in (_PAGE, _GPU, "browser")),
            *(f"{each.reading_ms[name] / num:.0f}" for name in ("loadMs", "renderMs")),
            f"{same} of {num}",
        )
    console.print(table)


def print_profile(profile: Mapping[str, Any], num_takes: int) -> None:
    """Prints self time in ms a take, by source and by function."""
    bundle = Bundle.read(DIST / "probe.js")
    places = {node["id"]: _place(node["callFrame"], bundle) for node in profile["nodes"]}
    sources: Counter[str] = Counter()
    functions: Counter[tuple[str, str]] = Counter()
    for node_id, delta_us in zip(profile["samples"], profile["timeDeltas"], strict=True):
        source, name = places[node_id]
        sources[source] += delta_us / 1e3 / num_takes
        functions[source, name] += delta_us / 1e3 / num_takes
    table = Table("source", "ms a take")
    for source, spent_ms in sources.most_common(_NUM_FUNCTIONS):
        table.add_row(source, f"{spent_ms:.2f}")
    console.print(table)
    table = Table("function", "source", "ms a take")
    for (source, name), spent_ms in functions.most_common(_NUM_FUNCTIONS):
        table.add_row(name, source, f"{spent_ms:.2f}")
    console.print(table)


def _place(frame: Mapping[str, Any], bundle: Bundle) -> tuple[str, str]:
    """Returns the source of a function, and its name."""
    name, url = frame["functionName"] or "(anonymous)", frame["url"]
    if url.startswith("wasm:"):
        return "equations", "(WebAssembly)"
    if not url:
        return "browser", name
    return bundle.source_of(frame["lineNumber"]), f"{name}:{frame['lineNumber'] + 1}"


def main() -> None:
    """Draws, compares and profiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--num", type=int, default=40, help="presets that are drawn; even")
    parser.add_argument("--profiled", type=int, default=40, help="of these, in the profile")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    parser.add_argument("--against", type=Path, action="append", default=[], help="a dist folder")
    options = parser.parse_args()
    choice, settings = prove_renderer(options.gpu), RenderSettings()
    with real_pairs(options.presets, options.num // 2, options.seed) as pairs:
        requests = [take_request(layer, settings) for layer in pairs.layers]
    builds = [DIST, *options.against]
    contestants, profile = asyncio.run(race(choice, builds, requests, options.profiled))
    print_race(contestants)
    if profile is not None:
        print_profile(profile, min(options.profiled, len(requests)))


if __name__ == "__main__":
    main()
