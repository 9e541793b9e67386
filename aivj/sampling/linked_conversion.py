"""Presets converted, and their shaders linked on the renderer that will draw them.

What does not link is known before anything is rendered: the preset is degraded, and drawn with
Butterchurn's own shader in that place.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from aivj.browser.choice import RendererChoice
from aivj.errors import AivjError
from aivj.stage.assets import read_assets
from aivj.stage.converted_preset import ConvertedPreset
from aivj.stage.shader_links import (
    LINK_SCRIPT,
    LinkErrors,
    LinkVerdicts,
    shaders,
    without_unlinked,
)

_LINK_TIMEOUT_S = 30.0
_OPEN_TIMEOUT_S = 90.0
_CLOSE_TIMEOUT_S = 20.0

T = TypeVar("T")


class LinkedConverter:
    """Converts presets and finds out whether their shaders link.

    A browser is opened for the first preset of which that is not known, and closed with the block.
    Not safe for concurrent calls.

    Args:
        convert: Converts a preset's bytes.
        choice: The renderer.
        cache_dir: Verdicts are remembered below it.
    """

    def __init__(
        self, convert: Callable[[bytes], ConvertedPreset], choice: RendererChoice, cache_dir: Path
    ) -> None:
        self._convert = convert
        self._choice = choice
        stage = read_assets()["probe.js"].etag
        self._verdicts = LinkVerdicts(cache_dir / "links", f"{choice.report} {stage}")
        self._page: _LinkPage | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def convert(self, data: bytes) -> ConvertedPreset:
        """Converts the bytes of a `.milk` file; see `PresetConverter.convert`.

        A preset that the browser is lost under is returned as it is, and not remembered: who draws
        it will see more.

        Raises:
            AivjError: As `PresetConverter.convert`, or the browser does not open.
        """
        preset = self._convert(data)
        if not any(shaders(preset.butterchurn).values()):
            return preset
        errors = self._verdicts.find(preset)
        if errors is None:
            errors = self._ask(preset)
            if errors is None:
                return preset
            self._verdicts.keep(preset, errors)
        return without_unlinked(preset, errors)

    def _ask(self, preset: ConvertedPreset) -> LinkErrors | None:
        self._page = self._page or _LinkPage(self._choice)
        try:
            return self._page.errors(shaders(preset.butterchurn))
        except (AivjError, TimeoutError):
            self._close()
            return None

    def _close(self) -> None:
        page, self._page = self._page, None
        if page is not None:
            page.close()


class _LinkPage:
    """A browser in a thread of its own, since conversion waits and browsers do not."""

    def __init__(self, choice: RendererChoice) -> None:
        from aivj.browser.session import BrowserSession
        from aivj.stage.server import StageServer

        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = StageServer()
        self._browser = BrowserSession(choice.plan, choice.policy)
        try:
            self._wait(self._open(), _OPEN_TIMEOUT_S)
        except BaseException:
            self.close()
            raise

    def errors(self, glsl: dict[str, str]) -> LinkErrors:
        """Compiles and links a preset's shaders."""
        url = f"{self._server.origin}/preset-probe.html"
        call = self._browser.call(url, LINK_SCRIPT, glsl, _LINK_TIMEOUT_S, fresh=False)
        reply = self._wait(call, 2 * _LINK_TIMEOUT_S)
        return LinkErrors.model_validate(reply.value)

    def close(self) -> None:
        """Ends the browser, the server and the thread."""
        try:
            self._wait(self._end(), _CLOSE_TIMEOUT_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_CLOSE_TIMEOUT_S)
            self._loop.close()

    async def _open(self) -> None:
        await self._server.open()
        await self._browser.open()

    async def _end(self) -> None:
        await self._browser.close()
        await self._server.close()

    def _wait(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)
