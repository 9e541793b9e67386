"""A look at the server before the page is opened."""

import asyncio
import time

import aiohttp

from aivj.contracts.run_meta import PreflightResult

_LOOK_S = 2.5
_PAUSE_S = 0.2
_OK_BELOW = 400


async def preflight(url: str, timeout_s: float) -> PreflightResult:
    """Asks until the server answers, with whatever, or `timeout_s` are over."""
    deadline = time.monotonic() + timeout_s
    while True:
        result = await _look(url)
        if result.status >= 0 or time.monotonic() + _PAUSE_S > deadline:
            return result
        await asyncio.sleep(_PAUSE_S)


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
