"""One tab of a browser, and the document in it that calls are made to.

A navigation leaves nothing of the document before: no script, no WebGL context. It costs a third
of a second less than a new tab does.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page
from playwright.async_api import Error as PlaywrightError

from aivj.errors import ItemError, WorkerLostError

_PAGE_TIMEOUT_S = 30.0


@dataclass
class PageReply:
    """What a page answered.

    Attributes:
        value: The JSON-able result.
        page_errors: Uncaught exceptions of the page since the reply before.
        console_errors: Messages of type `error` on its console, the same.
    """

    value: object
    page_errors: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)


class Tab:
    """A tab that lives for many calls, one at a time."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._browser = browser
        self._page = page
        self._reply = PageReply(None)
        self._crashed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.num_documents = 0
        page.on("pageerror", lambda error: self._reply.page_errors.append(str(error)))
        page.on("console", self._on_console)
        page.on("crash", lambda _: self._on_crash())

    @classmethod
    async def open(cls, browser: Browser) -> "Tab":
        """Opens a new tab. Raises what Playwright raises, or `TimeoutError`."""
        return cls(browser, await asyncio.wait_for(browser.new_page(), _PAGE_TIMEOUT_S))

    def shows(self, url: str) -> bool:
        """Whether the document of `url` is there to be called."""
        return self._page.url == url

    async def load(self, url: str) -> None:
        """Loads a document in place of the one before.

        Raises:
            WorkerLostError: It does not load.
        """
        self.num_documents += 1
        try:
            await self._page.goto(url, timeout=_PAGE_TIMEOUT_S * 1000)
        except PlaywrightError as error:
            kind = "page-load" if self._browser.is_connected() else "browser-crash"
            raise WorkerLostError.because(kind, first_line(error)) from error

    async def call(self, script: str, argument: object, timeout_s: float) -> PageReply:
        """Calls a function in the document; see `BrowserSession.call`."""
        reply = self._reply
        try:
            reply.value = await self._first(self._page.evaluate(script, argument), timeout_s)
        except TimeoutError as error:
            found = f"no answer from {self._page.url} in {timeout_s:.0f} s"
            raise WorkerLostError.because("hung-page", found) from error
        except PlaywrightError as error:
            raise self._translated(error) from error
        finally:
            self._reply = PageReply(None)
        return reply

    async def close(self) -> None:
        """Closes the tab. Raises what Playwright raises, or `TimeoutError`."""
        self._crashed.cancel()
        await asyncio.wait_for(self._page.close(), _PAGE_TIMEOUT_S)

    async def _first(self, answer: Coroutine[Any, Any, object], timeout_s: float) -> object:
        """Waits for the answer, the crash or the time-out, whichever comes first."""
        task = asyncio.ensure_future(answer)
        either: set[asyncio.Future[Any]] = {task, self._crashed}
        try:
            done, _ = await asyncio.wait(
                either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            if not task.done():
                task.cancel()
        if task in done:
            return task.result()
        if self._crashed in done:
            raise WorkerLostError.because("page-crash", "the page crashed")
        raise TimeoutError

    def _translated(self, error: PlaywrightError) -> ItemError:
        connected = self._browser.is_connected()
        if not connected or "has been closed" in str(error) or "crashed" in str(error).lower():
            kind = "page-crash" if connected else "browser-crash"
            return WorkerLostError.because(kind, first_line(error))
        return ItemError(
            "page-error",
            "a page that answers without throwing",
            "; ".join([first_line(error), *self._reply.page_errors[:2]]),
            "look at the pair in `aivj serve`",
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._reply.console_errors.append(message.text)

    def _on_crash(self) -> None:
        if not self._crashed.done():
            self._crashed.set_result(None)


def first_line(error: Exception) -> str:
    """Returns the first line of an error's text, at most 500 characters."""
    return str(error).strip().splitlines()[0][:500] if str(error).strip() else type(error).__name__
