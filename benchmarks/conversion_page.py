"""A page with a bare Butterchurn in Chromium on llvmpipe, to try converted presets on.

Of the stage it uses the compiler of equations alone, so that a fault elsewhere in it cannot hide
one of the converter.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route, async_playwright

_ORIGIN = "https://corpus.invalid"
_ARGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist"]
_PRESET_TIMEOUT_S = 60.0
_HERE = Path(__file__).parent
_FILES = {
    "/": ("text/html", None),
    "/conversion_page.js": ("text/javascript", _HERE / "conversion_page.js"),
}
_HTML = '<!doctype html><canvas></canvas><script type="module" src="/conversion_page.js"></script>'


@dataclass(frozen=True)
class Trial:
    """What became of a preset.

    Attributes:
        script: Exception of loading or drawing: the equations' doing, not the shaders'.
        link: Logs of the programs that did not link.
        gl: Codes of WebGL errors.
        colour: Colour in the middle of the last frame, 0..1 per channel.
    """

    script: str | None
    link: list[str]
    gl: list[int]
    colour: list[float]


class TrialPage:
    """One page; presets are tried one after the other."""

    def __init__(self, page: Page, renderer: str) -> None:
        self._page = page
        self.renderer = renderer

    async def try_preset(self, preset: Mapping[str, Any], *, num_frames: int) -> Trial:
        """Loads a preset in Butterchurn's form and draws `num_frames` frames of it."""
        call = self._page.evaluate(
            "([preset, frames]) => tryPreset(preset, frames)", [dict(preset), num_frames]
        )
        return Trial(**await asyncio.wait_for(call, _PRESET_TIMEOUT_S))


@contextlib.asynccontextmanager
async def trial_page(chromium: Path) -> AsyncIterator[TrialPage]:
    """Opens a browser with one page for the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_ARGS)
        try:
            page = await browser.new_page()
            await page.route(f"{_ORIGIN}/**", _serve)
            await page.goto(f"{_ORIGIN}/")
            await page.wait_for_function("window.tryPreset", timeout=30_000)
            yield TrialPage(page, await page.evaluate("renderer"))
        finally:
            await browser.close()


@cache
def _butterchurn() -> bytes:
    command = ["node", str(_HERE / "conversion_bundle.mjs")]
    return subprocess.run(command, check=True, capture_output=True).stdout


async def _serve(route: Route) -> None:
    if route.request.url == f"{_ORIGIN}/butterchurn.js":
        await route.fulfill(body=_butterchurn(), content_type="text/javascript")
        return
    content_type, path = _FILES.get(route.request.url.removeprefix(_ORIGIN), ("text/plain", None))
    body = _HTML if path is None else path.read_bytes()
    await route.fulfill(body=body, content_type=content_type)
