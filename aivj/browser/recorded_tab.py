"""A tab whose console, errors and steps are recorded: evidence of what a page did."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, Request
from playwright.async_api import Error as PlaywrightError

from aivj.browser.tab import Tab, first_line
from aivj.errors import StorageError

_OPEN_TIMEOUT_S = 30.0
_SAVE_TIMEOUT_S = 60.0
# What a page, or leaving it, takes back is no failure.
_ABORTED = "net::ERR_ABORTED"
# The browser's own words for a file that is not there, which pages ask for on purpose.
_MISSING = "the server responded with a status of 404"


class RecordedTab(Tab):
    """A tab that keeps what its pages said until somebody takes it."""

    def __init__(self, browser: Browser, page: Page) -> None:
        super().__init__(browser, page)
        self._lines: list[str] = []
        self._errors: list[str] = []
        page.on("console", self._record_line)
        page.on("pageerror", lambda error: self._errors.append(first_line(error)))
        page.on("requestfailed", self._record_failure)

    @classmethod
    async def open_recorded(
        cls, browser: Browser, *, viewport: tuple[int, int], device_scale_factor: float
    ) -> "RecordedTab":
        """Opens a new tab in a context of its own. Raises what Playwright raises."""
        width, height = viewport
        context = await asyncio.wait_for(
            browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=device_scale_factor,
            ),
            _OPEN_TIMEOUT_S,
        )
        # Pictures of every step would cost a software renderer the frames that are measured.
        await context.tracing.start(screenshots=False, snapshots=False, sources=False)
        return cls(browser, await asyncio.wait_for(context.new_page(), _OPEN_TIMEOUT_S))

    def take_lines(self) -> list[str]:
        """Returns what stood on the console since the last time, as `[type] text`.

        The browser's messages on files that are not there have the type `missing`.
        """
        lines, self._lines = self._lines, []
        return lines

    def take_errors(self) -> list[str]:
        """Returns uncaught exceptions, errors on the console, and requests that failed, since.

        Files that are not there, and what was taken back, are none.
        """
        errors, self._errors = self._errors, []
        return errors

    async def save_trace(self, path: Path) -> None:
        """Writes what Playwright recorded of all pages, and ends the recording.

        Raises:
            StorageError: It was lost with the browser, or the disk did not take it.
        """
        try:
            stopping = self._page.context.tracing.stop(path=path)
            await asyncio.wait_for(stopping, _SAVE_TIMEOUT_S)
        except (PlaywrightError, TimeoutError, OSError) as error:
            raise StorageError(
                f"a trace in {path}", first_line(error), "look at the logs beside it instead"
            ) from error

    def _record_line(self, message: ConsoleMessage) -> None:
        if message.type == "error" and _MISSING in message.text:
            self._lines.append(f"[missing] {message.text} {message.location['url']}")
            return
        self._lines.append(f"[{message.type}] {message.text}")
        if message.type == "error":
            self._errors.append(message.text)

    def _record_failure(self, request: Request) -> None:
        if request.failure not in (None, _ABORTED):
            self._errors.append(f"{request.url}: {request.failure}")
