"""Opening the runtime's page: a look at the server, some tries, and this machine's other name."""

import asyncio
import contextlib
import time
from pathlib import Path

import aiohttp

from aivj.browser.live_page import LivePage
from aivj.contracts.run_folder import failed_load_name
from aivj.contracts.run_meta import PreflightResult
from aivj.errors import ItemError, PageTimeoutError, ServerNotReadyError, WorkerLostError
from aivj.live.address import on_other_host, origin
from aivj.live.live_log import LiveLog
from aivj.live.settings import LiveSettings
from aivj.runs.record import RunRecord

_TRIES = 4
_PAUSE_S = 0.6
_PICTURE_TIMEOUT_S = 5.0
_LOOK_S = 2.5
_LOOK_PAUSE_S = 0.2
_OK_BELOW = 400


class Navigation:
    """Opens the page of a pack.

    Args:
        log: Where the steps are written.
        record: Where the phases are.
        live: How the page is driven.
        pack: The pack.
        folder: Gets what the page showed when a try failed.
    """

    def __init__(
        self, log: LiveLog, record: RunRecord, live: LiveSettings, pack: str, folder: Path
    ) -> None:
        self._log = log
        self._record = record
        self._live = live
        self._pack = pack
        self._folder = folder

    async def open(self, page: LivePage, address: str) -> None:
        """Navigates to `address`.

        Raises:
            ServerNotReadyError: The server answers under no name.
            PageTimeoutError: It answers, but the page does not load in time.
            WorkerLostError: Page or browser died.
        """
        other = on_other_host(address)
        any_answer = False
        for each in [address, other] if other else [address]:
            if each != address:
                self._step(f"goto:host-fallback host={origin(each)}")
                self._record.count(host_fallback_attempted=True)
            # Only under the name that was given it may still be starting.
            wait_ms = self._live.server_timeout_ms if each == address else 0
            if not await self._answers(each, wait_ms / 1000):
                continue
            any_answer = True
            if await self._arrives(page, each):
                succeeded = True if each != address else None
                self._record.count(effective_host=origin(each), host_fallback_succeeded=succeeded)
                return
        if not any_answer:
            raise ServerNotReadyError(
                f"a server at {origin(address)} that answers within "
                f"{self._live.server_timeout_ms / 1000:g} s",
                self._last_answer(),
                "start the runtime or `aivj serve` first, and name its address",
            )
        raise PageTimeoutError(
            f"the page within {self._live.goto_timeout_ms / 1000:g} s, in one of "
            f"{_TRIES} tries of each name",
            f"{address} did not load",
            "open the address in a browser, or allow more with --goto-timeout-ms",
        )

    async def _answers(self, address: str, timeout_s: float) -> bool:
        self._record.phase = f"preflight:{self._pack}"
        result = await preflight(origin(address), timeout_s)
        self._record.last_preflight = result
        known = self._record.timing.preflight_results or []
        self._record.count(preflight_results=[*known, result])
        verdict = "ok" if result.ok else "error" if result.status < 0 else "fail"
        self._step(f"preflight:{verdict} {result.ms:g}ms status={result.status}")
        return result.status >= 0

    def _last_answer(self) -> str:
        last = self._record.last_preflight
        return (last.error if last else None) or "no answer"

    async def _arrives(self, page: LivePage, address: str) -> bool:
        self._record.phase = f"goto:{self._pack}"
        self._step(f"goto:start host={origin(address)}")
        self._record.last_url = address
        for number in range(1, _TRIES + 1):
            if number > 1:
                await asyncio.sleep(_PAUSE_S)
            self._step(f"goto:try{number}/{_TRIES}")
            started = time.monotonic()
            try:
                await page.goto(address, self._live.goto_timeout_ms / 1000)
            except TimeoutError as error:
                self._note(started, is_timeout=True)
                self._step(f"goto:warn{number} {error}")
                await self._keep_picture(page, number)
            except WorkerLostError as error:
                self._note(started, is_timeout=False)
                if error.kind != "page-load":
                    raise
                self._step(f"goto:warn{number} {error.found}")
                await self._keep_picture(page, number)
            else:
                self._note(started, is_timeout=False)
                self._step("goto:ok")
                return True
        self._step(f"goto:failed host={origin(address)}")
        return False

    async def _keep_picture(self, page: LivePage, number: int) -> None:
        """A page that did not load need not let itself be pictured either."""
        path = self._folder / failed_load_name(number)
        with contextlib.suppress(TimeoutError, ItemError):
            await page.screenshot(path, _PICTURE_TIMEOUT_S)

    def _note(self, started_s: float, *, is_timeout: bool) -> None:
        timing = self._record.timing
        self._record.count(
            nav_timeout_count=timing.nav_timeout_count + is_timeout,
            nav_total_ms=timing.nav_total_ms + round((time.monotonic() - started_s) * 1000),
        )

    def _step(self, text: str) -> None:
        self._log.step(self._pack, text)


async def preflight(url: str, timeout_s: float) -> PreflightResult:
    """Asks until the server answers, with whatever, or `timeout_s` are over."""
    deadline = time.monotonic() + timeout_s
    while True:
        result = await _look(url)
        if result.status >= 0 or time.monotonic() + _LOOK_PAUSE_S > deadline:
            return result
        await asyncio.sleep(_LOOK_PAUSE_S)


async def _look(url: str) -> PreflightResult:
    started = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=_LOOK_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            status, error = answer.status, None
    except (aiohttp.ClientError, TimeoutError, OSError) as failure:
        status, error = -1, str(failure) or type(failure).__name__
    ms = round((time.monotonic() - started) * 1000)
    return PreflightResult(ok=0 <= status < _OK_BELOW, status=status, ms=ms, error=error)
