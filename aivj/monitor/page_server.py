"""What serves a page of ours: its script and style sheet, over an address that is listened on."""

from pathlib import Path
from typing import Self

from aiohttp import web

from aivj.errors import MissingDependencyError
from aivj.monitor.guard import HEALTH_PATH, Guard
from aivj.stage.assets import Asset, read_assets


class PageServer:
    """Serves a page of the built stage; what it asks is added by whoever derives from this.

    Args:
        name: The page's name: `<name>.html`, and what it loads.
        guard: Who may look.
        middlewares: What else comes before handlers.
        dist: Another build of the page than this one's.
        styles: Style sheets of other pages that it uses.

    Raises:
        MissingDependencyError: The page has not been built.
    """

    def __init__(
        self,
        name: str,
        guard: Guard,
        *middlewares: object,
        dist: Path | None = None,
        styles: frozenset[str] = frozenset(),
    ) -> None:
        self._name = name
        self._assets: dict[str, Asset] = {
            each: asset
            for each, asset in read_assets(dist).items()
            if each.startswith(f"{name}.") or each in styles
        }
        if f"{name}.js" not in self._assets:
            raise MissingDependencyError(
                f"the built {name} page, {name}.js",
                "none",
                "run `make setup` (npm ci, npm run build)",
            )
        self._runner: web.AppRunner | None = None
        self.app = web.Application(middlewares=[guard.check, *middlewares])  # type: ignore[list-item]
        self.app.router.add_get("/", self._page)
        self.app.router.add_get(HEALTH_PATH, self._health)
        self.app.router.add_get("/{name:[a-z-]+[.][a-z]+}", self._asset)

    async def open(self, host: str, port: int) -> str:
        """Starts to listen and returns the origin, such as `http://127.0.0.1:5195`.

        Raises:
            OSError: It cannot listen there.
        """
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
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

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return self._asset_response(f"{self._name}.html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._asset_response(request.match_info["name"])

    def _asset_response(self, name: str) -> web.StreamResponse:
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        return web.Response(body=asset.body, content_type=asset.content_type)

    async def _health(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok")
