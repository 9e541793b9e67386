"""One Chromium: launched on the renderer that was asked for, called, and killed for certain."""

import asyncio
import contextlib
import logging
import os
import shutil
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from aivj.browser.display import Display
from aivj.browser.profiles import DROPPED_DEFAULT_ARGS, GpuPolicy, LaunchPlan
from aivj.browser.renderer import RendererReport, refuse_wrong_renderer
from aivj.errors import ItemError, MissingDependencyError, WorkerLostError

log = logging.getLogger(__name__)

_LAUNCH_TIMEOUT_S = 30.0
_PAGE_TIMEOUT_S = 30.0
_CLOSE_TIMEOUT_S = 3.0
_PROBE_TIMEOUT_S = 8.0

_DESCRIBE_RENDERER = """() => {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return null;
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  return [
    gl.getParameter(names ? names.UNMASKED_VENDOR_WEBGL : gl.VENDOR),
    gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER),
    gl.getParameter(gl.VERSION),
  ].map(String);
}"""


@dataclass
class PageReply:
    """What a page answered.

    Attributes:
        value: The JSON-able result.
        page_errors: Uncaught exceptions of the page.
        console_errors: Messages of type `error` on its console.
    """

    value: object
    page_errors: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)


def find_chromium() -> Path:
    """Returns the Chromium of this machine.

    Raises:
        MissingDependencyError: There is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise MissingDependencyError(
        "a Chromium", "none on PATH", "run `make setup`, or install the chromium package"
    )


class BrowserSession:
    """One browser process group, driven through Playwright.

    Not safe for concurrent calls: its owner makes one call at a time.
    """

    def __init__(self, plan: LaunchPlan, policy: GpuPolicy) -> None:
        self._plan = plan
        self._policy = policy
        self._exit = contextlib.AsyncExitStack()
        self._browser: Browser | None = None
        self._mark = f"--aivj-session={uuid.uuid4().hex}"

    async def open(self) -> RendererReport:
        """Launches the browser and proves its renderer.

        Raises:
            MissingDependencyError: No Chromium, or no Xvfb for a headed plan.
            RendererRefusedError: The renderer is not what the policy asks for.
            WorkerLostError: The browser did not start or died at once.
        """
        executable = find_chromium()
        try:
            return await self._launch(executable)
        except BaseException:
            await self.close()
            raise

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def call(self, url: str, script: str, argument: object, timeout_s: float) -> PageReply:
        """Opens a fresh page at `url`, calls a function in it and closes the page.

        Args:
            url: Address of the page.
            script: JavaScript text of a function of one argument; may return a promise.
            argument: JSON-able argument.
            timeout_s: For the call alone.

        Raises:
            WorkerLostError: The page hung or crashed, or the browser died.
            ItemError: The function threw; kind `page-error`.
        """
        if self._browser is None or not self._browser.is_connected():
            raise WorkerLostError.because("browser-crash", "the browser is gone")
        reply = PageReply(None)
        try:
            page = await asyncio.wait_for(self._browser.new_page(), _PAGE_TIMEOUT_S)
            crashed = _watch(page, reply)
            await self._load(page, url)
            try:
                reply.value = await _first(page.evaluate(script, argument), crashed, timeout_s)
            except PlaywrightError as error:
                raise self._translate(error, reply) from error
            finally:
                crashed.cancel()
                await asyncio.wait_for(page.close(), _CLOSE_TIMEOUT_S)
        except TimeoutError as error:
            raise WorkerLostError.because(
                "hung-page", f"no answer from {url} in {timeout_s:.0f} s"
            ) from error
        except PlaywrightError as error:
            raise WorkerLostError.because("browser-crash", _first_line(error)) from error
        return reply

    async def close(self) -> None:
        """Closes the browser; what does not go in time is killed with its process group."""
        self._browser = None
        members = _marked_processes(self._mark)
        with contextlib.suppress(TimeoutError, PlaywrightError, OSError):
            await asyncio.wait_for(self._exit.aclose(), _CLOSE_TIMEOUT_S)
        for process in {*members, *_marked_processes(self._mark)}:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                os.killpg(os.getpgid(process.pid), 9)

    async def _launch(self, executable: Path) -> RendererReport:
        env: dict[str, str | float | bool] = {**os.environ, **dict(self._plan.env)}
        if self._plan.headed:
            display = Display()
            self._exit.push_async_callback(display.close)
            env["DISPLAY"] = await display.open()
        driver: Playwright = await self._exit.enter_async_context(async_playwright())
        try:
            self._browser = await driver.chromium.launch(
                executable_path=executable,
                headless=not self._plan.headed,
                args=[*self._plan.args, self._mark],
                ignore_default_args=list(DROPPED_DEFAULT_ARGS),
                chromium_sandbox=os.geteuid() != 0,
                env=env,
                timeout=_LAUNCH_TIMEOUT_S * 1000,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except PlaywrightError as error:
            raise WorkerLostError.because("browser-crash", _first_line(error)) from error
        self._exit.push_async_callback(self._browser.close)
        report = await self._probe()
        refuse_wrong_renderer(report, self._policy, self._plan)
        return report

    async def _probe(self) -> RendererReport:
        assert self._browser is not None  # noqa: S101 - called by _launch alone
        reply = await self.call("about:blank", _DESCRIBE_RENDERER, None, _PROBE_TIMEOUT_S)
        vendor, renderer, version = reply.value if isinstance(reply.value, list) else ("none",) * 3
        return RendererReport(vendor, renderer, version, self._browser.version)

    async def _load(self, page: Page, url: str) -> None:
        try:
            await page.goto(url, timeout=_PAGE_TIMEOUT_S * 1000)
        except PlaywrightError as error:
            raise WorkerLostError.because("page-load", _first_line(error)) from error

    def _translate(self, error: PlaywrightError, reply: PageReply) -> ItemError:
        connected = self._browser is not None and self._browser.is_connected()
        gone = not connected or "has been closed" in str(error) or "crashed" in str(error).lower()
        if gone:
            kind = "page-crash" if connected else "browser-crash"
            return WorkerLostError.because(kind, _first_line(error))
        return ItemError(
            "page-error",
            "a page that answers without throwing",
            "; ".join([_first_line(error), *reply.page_errors[:2]]),
            "look at the preset in `aivj stage serve`",
        )


def _watch(page: Page, reply: PageReply) -> asyncio.Future[None]:
    """Collects a page's errors into `reply`; the future fails when the page crashes."""
    crashed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            reply.console_errors.append(message.text)

    def on_crash(_: Page) -> None:
        if not crashed.done():
            crashed.set_exception(WorkerLostError.because("page-crash", "the page crashed"))

    page.on("pageerror", lambda error: reply.page_errors.append(str(error)))
    page.on("console", on_console)
    page.on("crash", on_crash)
    return crashed


async def _first(
    answer: Coroutine[Any, Any, object], crashed: asyncio.Future[None], timeout_s: float
) -> object:
    """Waits for the answer, the crash or the time-out, whichever comes first."""
    task = asyncio.ensure_future(answer)
    either: set[asyncio.Future[Any]] = {task, crashed}
    done, _ = await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    if task in done:
        return task.result()
    task.cancel()
    if crashed in done:
        crashed.result()
    raise TimeoutError


def _marked_processes(mark: str) -> set[psutil.Process]:
    """Finds the browser process that carries `mark`, among our own descendants."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if mark in process.cmdline():
                found.add(process)
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:500] if str(error).strip() else type(error).__name__
