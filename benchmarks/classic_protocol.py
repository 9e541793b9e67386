"""The wall-clock protocol that AIVJ replaces, on our own player: one page, one pair after another.

For each pair two live layers are loaded and drawn with every animation frame; then the canvas is
shrunk and read every 250 ms, two times to warm up and six times to measure. Luma and motion follow
section 5.2 of the wire contracts, from the picture of both layers: the layers' own canvases, which
the classic reads one by one, the player does not have. Loading, reading and arithmetic are in one
call to the page, where the classic polls: the rate errs in the classic's favour.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from aivj.browser.choice import RendererChoice
from aivj.browser.session import BrowserSession
from aivj.errors import ItemError
from aivj.pipeline.verification import player_server
from aivj.takes.settings import RenderSettings
from benchmarks.cpu_meter import CpuMeter
from benchmarks.laps import Lap, Race, difference
from benchmarks.real_pairs import PACK, RealPairs

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class ClassicProtocol:
    """When and how finely the canvas is read; keys as the page's function takes them."""

    warmupSamples: int = 2  # noqa: N815 - crosses to JavaScript
    measureSamples: int = 6  # noqa: N815
    intervalMs: int = 250  # noqa: N815
    gridSize: int = 8  # noqa: N815


def race_classic(
    name: str,
    pairs: RealPairs,
    num_pairs: int,
    *,
    choice: RendererChoice,
    settings: RenderSettings,
    meter: CpuMeter,
    on_lap: Callable[[int], None],
) -> Race:
    """Measures pairs by the classic protocol, at the size of `settings`."""

    async def run() -> Race:
        server = player_server(pairs.packs_root, pairs.converter)
        async with server, BrowserSession(choice.plan, choice.policy) as browser:
            size = f"{settings.width}x{settings.height}"
            query = f"coupled=1&coupledPack={PACK}&coupledPick=shuffle&seed=1&size={size}"
            url = f"{server.origin}/?{query}"
            laps = [await _measure(browser, url)]
            before = meter.read()
            for number in range(1, num_pairs):
                on_lap(number)
                laps.append(await _measure(browser, url))
            return Race(name, 1, laps, difference(meter.read(), before))

    return asyncio.run(run())


async def _measure(browser: BrowserSession, url: str) -> Lap:
    started = time.monotonic()
    try:
        reply = await browser.call(url, _SCRIPT, asdict(ClassicProtocol()), _TIMEOUT_S, fresh=False)
        failed = not (isinstance(reply.value, dict) and reply.value["ok"])
    except ItemError:
        failed = True
    ended = time.monotonic()
    return Lap(ended, ended - started, failed=failed)
