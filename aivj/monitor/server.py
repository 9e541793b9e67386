"""The monitor's server: its pages, what they ask, and what other programs ask. It only reads."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from aivj.contracts.json_text import ContractModel, row_bytes
from aivj.monitor.documents import iso_of
from aivj.monitor.growing_file import last_lines
from aivj.monitor.guard import Guard
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.logs import KINDS, MAX_BYTES, as_text, log_path, num_lines
from aivj.monitor.page_server import PageServer
from aivj.monitor.watches import UnknownRunError, Watches

_JSON = "application/json"
_TICK_S = 2.0
_CATCH_UP_S = 0.2
_SIGN_OF_LIFE_S = 15.0
_MOST_STREAMS = 32
_MAX_PAIR_DIGITS = 16


class MonitorServer(PageServer):
    """Serves the monitor.

    Args:
        watches: The runs.
        library: The library that is shown beside them.
        guard: Who may look.
        clean: Takes credentials out of what a log says.
        dist: Another build of the pages than this one's.
        tick_s: How often an open page is told what is new, in seconds.

    Raises:
        MissingDependencyError: A page has not been built.
    """

    def __init__(
        self,
        watches: Watches,
        library: LibraryRoutes,
        guard: Guard,
        *,
        clean: Callable[[str], str] = lambda text: text,
        dist: Path | None = None,
        tick_s: float = _TICK_S,
    ) -> None:
        pages = {"/": "monitor", "/library": "library"}
        super().__init__(pages, guard, _telling_errors, dist=dist)
        library.mount(self.app)
        self._watches = watches
        self._clean = clean
        self._tick_s = tick_s
        self._streams: set[asyncio.Task[None]] = set()
        self.app.router.add_get("/api/status", self._status)
        self.app.router.add_get("/api/state", self._state)
        self.app.router.add_get("/api/events", self._events)
        self.app.router.add_get("/api/log", self._log)
        self.app.router.add_get("/api/picture", self._picture)

    async def close(self) -> None:
        """Stops listening, and ends what is being told."""
        for stream in self._streams:
            stream.cancel()
        await super().close()

    async def _status(self, request: web.Request) -> web.StreamResponse:
        status = await asyncio.to_thread(self._watches.status, _run_id(request))
        return _json(status)

    async def _state(self, request: web.Request) -> web.StreamResponse:
        told = await asyncio.to_thread(self._watches.told, _run_id(request))
        return _json(told.run)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Tells a page what is new, as server-sent events, until it goes."""
        if len(self._streams) >= _MOST_STREAMS:
            raise web.HTTPServiceUnavailable(text="too many pages are open")
        run_id = _run_id(request)
        await asyncio.to_thread(self._watches.place, run_id)
        response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        guarded = asyncio.current_task()
        assert guarded is not None  # noqa: S101 - a handler runs in a task
        self._streams.add(guarded)
        try:
            await response.prepare(request)
            with contextlib.suppress(ConnectionError):
                await self._tell(response, run_id)
        finally:
            self._streams.discard(guarded)
        return response

    async def _tell(self, response: web.StreamResponse, run_id: str | None) -> None:
        last, told_at = None, 0.0
        while True:
            told = await asyncio.to_thread(self._watches.told, run_id)
            known = told.run.model_copy(update={"at": ""})
            if known != last:
                last, told_at = known, time.monotonic()
                await response.write(b"event: state\ndata: " + row_bytes(told.run) + b"\n")
            elif time.monotonic() - told_at > _SIGN_OF_LIFE_S:
                told_at = time.monotonic()
                await response.write(b": alive\n\n")
            await asyncio.sleep(_CATCH_UP_S if told.is_behind else self._tick_s)

    async def _log(self, request: web.Request) -> web.StreamResponse:
        kind = request.query.get("kind", "")
        if kind not in KINDS:
            raise web.HTTPBadRequest(text=f"kind is one of {', '.join(KINDS)}")
        place = await asyncio.to_thread(self._watches.place, _run_id(request))
        path = log_path(place, kind)
        if path is None or not place.id:
            raise web.HTTPNotFound(text=f"no {kind} log")
        num = num_lines(request.query.get("lines"))
        try:
            text = await asyncio.to_thread(last_lines, path, num, MAX_BYTES)
        except OSError as error:
            raise web.HTTPNotFound(text=f"no {kind} log") from error
        return web.Response(text=as_text(text, self._clean))

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        pack, pair = request.query.get("pack", ""), request.query.get("pair", "")
        if not (pair.isascii() and pair.isdigit() and len(pair) <= _MAX_PAIR_DIGITS):
            raise web.HTTPNotFound
        try:
            path = await asyncio.to_thread(self._watches.picture, _run_id(request), pack, int(pair))
        except (OSError, ValueError) as error:  # a name that no file can have
            raise web.HTTPNotFound from error
        if path is None:
            raise web.HTTPNotFound
        return web.Response(
            body=await asyncio.to_thread(path.read_bytes), content_type="image/webp"
        )


@web.middleware
async def _telling_errors(
    request: web.Request, handler: Callable[[web.Request], object]
) -> web.StreamResponse:
    """Answers errors as other programs know them."""
    try:
        return await handler(request)  # type: ignore[misc, no-any-return]
    except web.HTTPException:
        raise
    except UnknownRunError as error:
        raise web.HTTPNotFound(text="no such run") from error
    except Exception as error:  # noqa: BLE001 - an answer of its own, whatever broke
        told = {"ok": False, "at": iso_of(time.time()), "error": f"{type(error).__name__}: {error}"}
        return web.Response(status=500, body=row_bytes(told), content_type=_JSON)


def _run_id(request: web.Request) -> str | None:
    return request.query.get("run") or None


def _json(model: ContractModel) -> web.Response:
    return web.Response(body=row_bytes(model), content_type=_JSON)
