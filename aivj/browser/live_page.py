"""A page of somebody else's: opened as a person's browser would open it, and told on.

What is done to it has a time-out each; what it lets on, errors and its end, is handed on at once.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from playwright.async_api import Browser, ConsoleMessage, FilePayload, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from aivj.browser.tab import Tab, first_line
from aivj.errors import ItemError, WorkerLostError

T = TypeVar("T")

_STOP_TIMEOUT_S = 5.0

EventKind = Literal["pageerror", "console.error", "crash", "close"]
OnEvent = Callable[[EventKind, str], None]
"""Called with what happened and its text."""


@dataclass(frozen=True)
class PageSetup:
    """What a page is opened with.

    Attributes:
        init_scripts: JavaScript that runs in every document before its own.
        width: Of the window, in CSS pixels.
        height: The same.
        device_scale_factor: Pixels of the screen for one of the window.
    """

    init_scripts: tuple[str, ...] = ()
    width: int = 1280
    height: int = 720
    device_scale_factor: float = 1.5


@dataclass(frozen=True)
class UploadedFile:
    """A file that a page is given without being on a disk."""

    name: str
    mime_type: str
    data: bytes


class LivePage:
    """One page; see `BrowserSession.open_page`."""

    def __init__(self, browser: Browser, page: Page, on_event: OnEvent) -> None:
        self._browser = browser
        self._page = page
        self._tab = Tab(browser, page)
        self._on_event = on_event
        page.on("pageerror", lambda error: on_event("pageerror", str(error)))
        page.on("console", self._on_console)
        page.on("crash", lambda _: on_event("crash", page.url))
        page.on("close", lambda _: on_event("close", page.url))

    @classmethod
    async def open(
        cls, browser: Browser, setup: PageSetup, on_event: OnEvent, *, maximized: bool
    ) -> "LivePage":
        """Opens an empty page; see `BrowserSession.open_page`."""
        try:
            if maximized:
                # The page is as large as its window, and has the screen's own scale.
                context = await browser.new_context(no_viewport=True)
            else:
                context = await browser.new_context(
                    viewport={"width": setup.width, "height": setup.height},
                    device_scale_factor=setup.device_scale_factor,
                )
            for script in setup.init_scripts:
                await context.add_init_script(script)
            return cls(browser, await context.new_page(), on_event)
        except PlaywrightError as error:
            raise WorkerLostError.because("browser-crash", first_line(error)) from error

    @property
    def url(self) -> str:
        """Where the page is."""
        return self._page.url

    async def goto(self, url: str, timeout_s: float) -> None:
        """Navigates until the document is parsed.

        Raises:
            TimeoutError: It is not in time.
            WorkerLostError: It does not load; kind `page-load`, or the page or browser is gone.
        """
        arrival = self._page.goto(url, timeout=timeout_s * 1000, wait_until="domcontentloaded")
        try:
            await self._done(arrival, "page-load")
        except TimeoutError:
            await self._stop_loading()
            raise

    async def reload(self, timeout_s: float) -> None:
        """Loads the document anew; raises as `goto` does."""
        arrival = self._page.reload(timeout=timeout_s * 1000, wait_until="domcontentloaded")
        await self._done(arrival, "page-load")

    async def call(self, script: str, argument: object, timeout_s: float) -> object:
        """Calls a function in the document and returns what it answers; see `Tab.call`."""
        reply = await self._tab.call(script, argument, timeout_s)
        return reply.value

    async def set_file(self, selector: str, file: Path | UploadedFile, timeout_s: float) -> None:
        """Gives a file to an input, as a person's choice does.

        Raises:
            TimeoutError: There is no such input.
            WorkerLostError: The page or browser is gone.
        """
        given = (
            FilePayload(name=file.name, mimeType=file.mime_type, buffer=file.data)
            if isinstance(file, UploadedFile)
            else file
        )
        choice = self._page.set_input_files(selector, given, timeout=timeout_s * 1000)
        await self._done(choice, "page-error")

    async def click_at(self, x: float, y: float) -> None:
        """Clicks with the mouse: sound starts after a person's gesture only."""
        await self._done(self._page.mouse.click(x, y), "page-error")

    async def screenshot(self, path: Path, timeout_s: float) -> None:
        """Keeps a picture of the window. Raises as `set_file` does."""
        await self._done(self._page.screenshot(path=path, timeout=timeout_s * 1000), "page-error")

    async def _stop_loading(self) -> None:
        """Without this, pictures would wait for the document, and another try would be aborted."""
        with contextlib.suppress(PlaywrightError, TimeoutError):
            devtools = await self._page.context.new_cdp_session(self._page)
            await asyncio.wait_for(devtools.send("Page.stopLoading"), _STOP_TIMEOUT_S)

    async def _done(self, action: Awaitable[T], kind: str) -> T:
        try:
            return await action
        except PlaywrightTimeoutError as error:
            raise TimeoutError(first_line(error)) from error
        except PlaywrightError as error:
            text = first_line(error)
            if not self._browser.is_connected():
                raise WorkerLostError.because("browser-crash", text) from error
            if self._page.is_closed() or "crashed" in text.lower():
                raise WorkerLostError.because("page-crash", text) from error
            if kind == "page-load":
                raise WorkerLostError.because(kind, text) from error
            raise ItemError(
                kind, "a page that takes what it is given", text, "look at the page"
            ) from error

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._on_event("console.error", message.text)
