"""One Chromium: launched on the renderer that was asked for, called, and killed for certain."""

import asyncio
import contextlib
import os
import uuid
from pathlib import Path
from typing import Self

import playwright
import psutil
from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from aivj.browser.chromium import find_chromium
from aivj.browser.display import Display
from aivj.browser.libraries import refuse_missing_libraries, refuse_missing_sandbox
from aivj.browser.live_page import LivePage, OnEvent, PageSetup
from aivj.browser.pin_proof import HELD_MIB, HOLD_MEMORY, prove_pin
from aivj.browser.pinning import pinned_environment
from aivj.browser.processes import GPU_PROCESS, BrowserProcesses
from aivj.browser.profiles import DROPPED_DEFAULT_ARGS, GpuPolicy, LaunchPlan
from aivj.browser.recorded_tab import RecordedTab
from aivj.browser.renderer import RendererReport, refuse_wrong_renderer
from aivj.browser.tab import PageReply, Tab, first_line
from aivj.errors import WorkerLostError
from aivj.started import on_record

_DRIVER = Path(playwright.__file__).parent / "driver" / "node"
_LAUNCH_TIMEOUT_S = 30.0
_CLOSE_TIMEOUT_S = 3.0
_PROBE_TIMEOUT_S = 8.0
_HOLD_TIMEOUT_S = 20.0
# What documents leave behind in a tab's processes goes with the tab.
_DOCUMENTS_PER_TAB = 200

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


class BrowserSession:
    """One browser process group, driven through Playwright.

    Not safe for concurrent calls: its owner makes one call at a time.
    """

    def __init__(self, plan: LaunchPlan, policy: GpuPolicy) -> None:
        self._plan = plan
        self._policy = policy
        self._exit = contextlib.AsyncExitStack()
        self._browser: Browser | None = None
        self._tab: Tab | None = None
        self._mark = f"--aivj-session={uuid.uuid4().hex}"
        self._processes: BrowserProcesses | None = None
        self._gpu_processes: list[psutil.Process] = []

    async def open(self) -> RendererReport:
        """Launches the browser and proves its renderer, and its GPU if the plan names one.

        Raises:
            MissingDependencyError: No Chromium, no Xvfb for a headed plan, or no `nvidia-smi`
                that works for a pinned one.
            RendererRefusedError: The renderer is not what the policy asks for, or the GPU is not
                the plan's.
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

    async def call(
        self, url: str, script: str, argument: object, timeout_s: float, *, fresh: bool = True
    ) -> PageReply:
        """Calls a function in the document of `url`.

        Args:
            url: Address of the page.
            script: JavaScript text of a function of one argument; may return a promise.
            argument: JSON-able argument.
            timeout_s: For the call alone.
            fresh: Whether to load the document anew; it is loaded anyway if it is not there.

        Raises:
            WorkerLostError: The page hung or crashed, or the browser died.
            ItemError: The function threw; kind `page-error`.
        """
        if self._browser is None or not self._browser.is_connected():
            raise WorkerLostError.because("browser-crash", "the browser is gone")
        try:
            tab = await self._tab_showing(url, self._browser, fresh=fresh)
        except (PlaywrightError, TimeoutError) as error:
            raise WorkerLostError.because("browser-crash", first_line(error)) from error
        return await tab.call(script, argument, timeout_s)

    async def open_page(self, setup: PageSetup, on_event: OnEvent) -> LivePage:
        """Opens an empty page in a context of its own, to be driven on the wall clock.

        In a maximized window the page fills it, whatever the setup's size.

        Raises:
            WorkerLostError: The browser is gone.
        """
        if self._browser is None or not self._browser.is_connected():
            raise WorkerLostError.because("browser-crash", "the browser is gone")
        return await LivePage.open(self._browser, setup, on_event, maximized=self._plan.maximized)

    def memory_bytes(self) -> int:
        """Returns what the browser holds in memory, 0 if it is gone; see `BrowserProcesses`."""
        return self._processes.memory_bytes() if self._processes is not None else 0

    def gpu_process_died(self) -> bool:
        """Whether the process that draws is no longer the one that was proved at the start."""
        return not all(process.is_running() for process in self._gpu_processes)

    def kill_gpu_process(self) -> bool:
        """Kills the process that draws, as a driver's fault may; whether there was one.

        Returns once it is gone, within seconds.
        """
        for process in self._gpu_processes:
            process.kill()
        psutil.wait_procs(self._gpu_processes, _CLOSE_TIMEOUT_S)
        return bool(self._gpu_processes)

    async def record(self, *, viewport: tuple[int, int], device_scale_factor: float) -> RecordedTab:
        """Makes a tab that keeps what its pages say the tab of the calls to come.

        Args:
            viewport: Width and height of the page, in CSS pixels.
            device_scale_factor: Device pixels in one of them.

        Raises:
            WorkerLostError: The browser is gone.
        """
        if self._browser is None or not self._browser.is_connected():
            raise WorkerLostError.because("browser-crash", "the browser is gone")
        try:
            tab = await RecordedTab.open_recorded(
                self._browser, viewport=viewport, device_scale_factor=device_scale_factor
            )
        except (PlaywrightError, TimeoutError) as error:
            raise WorkerLostError.because("browser-crash", first_line(error)) from error
        self._tab = tab
        return tab

    async def close(self) -> None:
        """Closes the browser; what does not go in time is killed with its process group."""
        self._browser = self._tab = None
        processes = self._processes or BrowserProcesses.marked(self._mark)
        with contextlib.suppress(TimeoutError, PlaywrightError, OSError):
            await asyncio.wait_for(self._exit.aclose(), _CLOSE_TIMEOUT_S)
        processes = processes or BrowserProcesses.marked(self._mark)
        if processes is not None:
            processes.kill()

    async def _launch(self, executable: Path) -> RendererReport:
        env: dict[str, str | float | bool] = {**os.environ, **dict(self._plan.env)}
        if self._plan.headed:
            display = Display()
            self._exit.push_async_callback(display.close)
            env["DISPLAY"] = await display.open()
        if self._plan.gpu is not None:
            env.update(await self._exit.enter_async_context(pinned_environment(self._plan.gpu)))
        driver = await self._start_driver()
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
            refuse_missing_libraries(executable, "Chromium")
            refuse_missing_sandbox(str(error))
            raise WorkerLostError.because("browser-crash", first_line(error)) from error
        self._exit.push_async_callback(self._browser.close)
        self._processes = BrowserProcesses.marked(self._mark)
        if self._processes is not None:
            self._exit.enter_context(on_record("browser", self._processes.leader_pid))
        report = await self._probe()
        refuse_wrong_renderer(report, self._policy, self._plan)
        if self._processes is not None:
            self._gpu_processes = self._processes.of_type(GPU_PROCESS)
        if self._plan.gpu is not None:
            await prove_pin(self._plan.gpu, self._gpu_processes, self._hold_gpu_memory)
        return report

    async def _start_driver(self) -> Playwright:
        driver = async_playwright()
        try:
            return await self._exit.enter_async_context(driver)
        # Playwright has no error of its own for a driver that does not start.
        except Exception as error:
            refuse_missing_libraries(_DRIVER, "Playwright's driver")
            raise WorkerLostError.because(
                "browser-crash", f"Playwright's driver did not start: {first_line(error)}"
            ) from error

    async def _hold_gpu_memory(self) -> bool:
        url = "about:blank"
        reply = await self.call(url, HOLD_MEMORY, HELD_MIB, _HOLD_TIMEOUT_S, fresh=False)
        return reply.value is True

    async def _probe(self) -> RendererReport:
        assert self._browser is not None  # noqa: S101 - called by _launch alone
        reply = await self.call("about:blank", _DESCRIBE_RENDERER, None, _PROBE_TIMEOUT_S)
        vendor, renderer, version = reply.value if isinstance(reply.value, list) else ("none",) * 3
        return RendererReport(vendor, renderer, version, self._browser.version)

    async def _tab_showing(self, url: str, browser: Browser, *, fresh: bool) -> Tab:
        """Returns the tab with its document, a new tab when the old one has had its share."""
        tab = self._tab
        if tab is not None and not fresh and tab.shows(url):
            return tab
        if tab is not None and tab.num_documents >= _DOCUMENTS_PER_TAB:
            self._tab = None
            await tab.close()
        if self._tab is None:
            self._tab = await Tab.open(browser)
        await self._tab.load(url)
        return self._tab
