"""The older dashboard's API on a night of styles, for programs that ask it. It only reads."""

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from aiohttp import web

from aivj.contracts.dashboard_status import ThumbMode
from aivj.contracts.fields import finite_number
from aivj.contracts.json_text import ContractModel, row_bytes
from aivj.monitor.guard import Guard
from aivj.monitor.guarded_server import GuardedServer
from aivj.monitor.logs import as_text, num_lines
from aivj.monitor.styles_watch import SHOWN_TYPES, StylesWatch

_JSON = "application/json"
_USUAL_THUMBS, _MAX_THUMBS = 6, 12
_USUAL_FRAME, _MAX_FRAME = 1, 2
_USUAL_LUMA_MIN, _USUAL_MOTION_MIN = 0.05, 0.02
_MODES: tuple[ThumbMode, ...] = get_args(ThumbMode)
# A page out of a folder has its own style, and nothing else of its own.
_OF_FILES = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
        "frame-ancestors 'none'"
    )
}


class DashboardServer(GuardedServer):
    """Answers as the older dashboard did.

    Args:
        watch: The night.
        guard: Who may look.
        clean: Takes credentials out of what a log says.
    """

    def __init__(
        self, watch: StylesWatch, guard: Guard, *, clean: Callable[[str], str] = lambda text: text
    ) -> None:
        super().__init__(guard)
        self._watch = watch
        self._clean = clean
        self.app.router.add_get("/", self._index)
        self.app.router.add_get("/api/status", self._status)
        self.app.router.add_get("/api/log", self._log)
        self.app.router.add_get("/api/thumbs", self._thumbs)
        self.app.router.add_get("/api/run-manifest", self._run_manifest)
        self.app.router.add_get("/file", self._file)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(
            text="/api/status, /api/log, /api/thumbs, /api/run-manifest, /file?path=\n"
        )

    async def _status(self, _request: web.Request) -> web.StreamResponse:
        status = await asyncio.to_thread(self._watch.status)
        tail = as_text(status.log.tail, self._clean)
        log = status.log.model_copy(update={"tail": tail})
        return _json(status.model_copy(update={"log": log}))

    async def _log(self, request: web.Request) -> web.StreamResponse:
        text = await asyncio.to_thread(self._watch.log, num_lines(request.query.get("lines")))
        if text is None:
            raise web.HTTPNotFound(text="no log")
        return web.Response(text=as_text(text, self._clean))

    async def _thumbs(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        mode = asked.get("mode", _MODES[0])
        thumbs = await asyncio.to_thread(
            self._watch.thumbs,
            int(_within(asked.get("n"), _USUAL_THUMBS, 1, _MAX_THUMBS)),
            int(_within(asked.get("frame"), _USUAL_FRAME, 0, _MAX_FRAME)),
            _within(asked.get("lumaMin"), _USUAL_LUMA_MIN, 0, math.inf),
            _within(asked.get("motionMin"), _USUAL_MOTION_MIN, 0, math.inf),
            "either" if mode == "either" else "both",
        )
        return _json(thumbs)

    async def _run_manifest(self, _request: web.Request) -> web.StreamResponse:
        path = await asyncio.to_thread(self._watch.run_manifest)
        if path is None:
            raise web.HTTPNotFound(text="no run manifest")
        return _sent(path)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = await asyncio.to_thread(self._watch.file, request.query.get("path", ""))
        if path is None:
            raise web.HTTPNotFound(text="no such picture, page or document of a night")
        return _sent(path)


def _within(asked: str | None, usual: float, low: float, high: float) -> float:
    """Returns a number that was asked for, within bounds; what is none is the usual."""
    try:
        number = finite_number(float(asked)) if asked else None
    except ValueError:
        number = None
    return usual if number is None else min(max(number, low), high)


def _json(model: ContractModel) -> web.Response:
    return web.Response(body=row_bytes(model), content_type=_JSON)


def _sent(path: Path) -> web.StreamResponse:
    return web.FileResponse(path, headers={**_OF_FILES, "Content-Type": SHOWN_TYPES[path.suffix]})
