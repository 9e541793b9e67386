"""Who may ask: pages of this very server, and those alone that were opened with its token.

A page elsewhere can make a browser send requests to 127.0.0.1, and by DNS rebinding even read what
is answered: its host's name, or its origin, gives it away. The token keeps out other programs'
pages and other people of the same machine.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

TOKEN_HEADER = "X-AIVJ-Token"  # noqa: S105 - its name, not its value

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Refuses requests that do not come from a page of this server.

    Attributes:
        token: What requests below `protected` carry; new with every run.
    """

    def __init__(self, protected: str) -> None:
        self._protected = protected
        self.token = secrets.token_urlsafe(24)

    def install(self, app: web.Application) -> None:
        """Puts the guard before all handlers of an application."""
        app.middlewares.append(self._check)

    @web.middleware
    async def _check(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        # The port may be another one: people forward ports from remote machines.
        if request.host.partition(":")[0] not in _LOOPBACK:
            raise web.HTTPForbidden(text="ask by the address that was printed")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            raise web.HTTPForbidden(text="ask from a page of this server")
        if request.path.startswith(self._protected):
            given = request.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode(), self.token.encode()):
                raise web.HTTPForbidden(text="open the address that was printed, token and all")
        return await handler(request)
