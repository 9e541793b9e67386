"""What serves pages of ours: scripts and style sheets, over an address that is listened on."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Self

from aiohttp import web

from aivj.errors import InputError, MissingDependencyError
from aivj.monitor.guard import HEALTH_PATH, Guard
from aivj.stage.assets import Asset, read_assets

_SHARED = frozenset({"theme.css", "page.css"})
"""Style sheets of all these pages."""


class PageServer:
    """Serves pages of the built stage; what they ask is added by whoever derives from this.

    Args:
        pages: Name of each page, by its path: `<name>.html`, and what it loads.
        guard: Who may look.
        middlewares: What else comes before handlers.
        dist: Another build of the pages than this one's.

    Raises:
        MissingDependencyError: A page has not been built.
    """

    def __init__(
        self,
        pages: Mapping[str, str],
        guard: Guard,
        *middlewares: object,
        dist: Path | None = None,
    ) -> None:
        names = frozenset(pages.values())
        self._assets: dict[str, Asset] = {
            name: asset
            for name, asset in read_assets(dist).items()
            if name.partition(".")[0] in names or name in _SHARED
        }
        for name in names:
            if f"{name}.js" not in self._assets:
                raise MissingDependencyError(
                    f"the built {name} page, {name}.js",
                    "none",
                    "run `make setup` (npm ci, npm run build)",
                )
        self._runner: web.AppRunner | None = None
        self.app = web.Application(middlewares=[guard.check, *middlewares])  # type: ignore[list-item]
        for path, name in pages.items():
            self.app.router.add_get(path, partial(self._page, f"{name}.html"))
        self.app.router.add_get(HEALTH_PATH, self._health)
        self.app.router.add_get("/{name:[a-z-]+[.][a-z]+}", self._asset)

    async def open(self, host: str, port: int) -> str:
        """Starts to listen and returns the origin, such as `http://127.0.0.1:5195`.

        Raises:
            InputError: It cannot listen there.
        """
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except (OSError, UnicodeError) as error:  # UnicodeError: no name that a host can have
            raise InputError(
                f"to listen on {host}:{port}",
                getattr(error, "strerror", None) or str(error),
                "end what listens there, or pass another port; 0 is any free one",
            ) from error
        address, bound_port = self._runner.addresses[0][:2]
        shown = f"[{address}]" if ":" in address else address
        return f"http://{shown}:{bound_port}"

    async def close(self) -> None:
        """Stops listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _page(self, name: str, _request: web.Request) -> web.StreamResponse:
        return self._asset_response(name)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._asset_response(request.match_info["name"])

    def _asset_response(self, name: str) -> web.StreamResponse:
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        return web.Response(body=asset.body, content_type=asset.content_type)

    async def _health(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok")
