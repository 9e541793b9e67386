"""Who may look: pages of this very server, and beyond this machine whoever has the token.

A page elsewhere can make a browser ask 127.0.0.1, and by DNS rebinding even read the answer: its
host is a name then, and not one of ours. An address cannot be rebound.
"""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from aiohttp import web

HEALTH_PATH = "/health"
"""Answers anybody that the server lives, and nothing else."""

_COOKIE = "aivj-monitor"
_BEARER = "Bearer "
_LOCAL_NAMES = frozenset({"localhost", "ip6-localhost"})
_COOKIE_S = 14 * 24 * 3600

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=()",
    "Cache-Control": "no-store",
}

_FOR_NEIGHBOURS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What lets a browser hand an answer to a page of another port; who may ask is judged before."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(host: str) -> bool:
    """Tells whether a host to listen on is this machine alone."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses requests that do not come from a page of this server, or without the token.

    Args:
        token: What has to be known; None asks for nothing, which is for loopback alone.
        names: Names besides addresses and `localhost` by which the server may be asked.
        neighbours: Whether pages of other ports of this machine may ask as well, as one that a
            development server has; a token they cannot send.
    """

    def __init__(
        self,
        token: str | None,
        names: frozenset[str] = frozenset(),
        *,
        neighbours: bool = False,
    ) -> None:
        self._token = token
        self._names = names | _LOCAL_NAMES
        self._neighbours = neighbours
        self._headers = {**_HEADERS, **(_FOR_NEIGHBOURS if neighbours else {})}

    @web.middleware
    async def check(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Puts itself before all handlers of an application, and headers on all answers."""
        try:
            response = await self._answer(request, handler)
        except web.HTTPException as error:
            error.headers.update(self._headers)
            raise
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        return response

    async def _answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "HEAD"])
        if request.path == HEALTH_PATH:
            return await handler(request)
        self._require_own_page(request)
        if self._token is None or self._knows_token(request):
            return await handler(request)
        if request.path == "/" and self._is_token(request.query.get("token", "")):
            arrived = web.HTTPSeeOther("/")
            arrived.set_cookie(
                _COOKIE, self._token, max_age=_COOKIE_S, httponly=True, samesite="Strict"
            )
            raise arrived
        raise web.HTTPUnauthorized(text="open the address that was printed, token and all")

    def _require_own_page(self, request: web.Request) -> None:
        if not self._is_own_host(request.host):
            raise web.HTTPForbidden(text="ask by this server's address, or say --allowed-host")
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_known_origin(origin, request.host):
            raise web.HTTPForbidden(text="ask from a page of this server")
        # Without an origin: images and the like of foreign pages, but not links to the page.
        foreign = {"cross-site"} if self._neighbours else {"cross-site", "same-site"}
        is_foreign = origin is None and request.headers.get("Sec-Fetch-Site") in foreign
        if is_foreign and request.headers.get("Sec-Fetch-Mode") != "navigate":
            raise web.HTTPForbidden(text="ask from a page of this server")

    def _is_known_origin(self, origin: str, host: str) -> bool:
        try:
            parts = urlsplit(origin)
            is_local = is_loopback(parts.hostname or "")
        except ValueError:
            return False
        return parts.netloc == host or (self._neighbours and is_local)

    def _is_own_host(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self._token is not None

    def _knows_token(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "")
        if given.startswith(_BEARER) and self._is_token(given.removeprefix(_BEARER)):
            return True
        return self._is_token(request.cookies.get(_COOKIE, ""))

    def _is_token(self, given: str) -> bool:
        expected = (self._token or "").encode()
        return bool(expected) and hmac.compare_digest(given.encode(errors="replace"), expected)
