"""What serves pages of ours, with their scripts and style sheets."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from aiohttp import web

from aivj.errors import MissingDependencyError
from aivj.monitor.guard import Guard
from aivj.monitor.guarded_server import GuardedServer
from aivj.stage.assets import Asset, read_assets

_SHARED = frozenset({"theme.css", "page.css"})
"""Style sheets of all these pages."""


class PageServer(GuardedServer):
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
        super().__init__(guard, *middlewares)
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
        for path, name in pages.items():
            self.app.router.add_get(path, partial(self._page, f"{name}.html"))
        self.app.router.add_get("/{name:[a-z-]+[.][a-z]+}", self._asset)

    async def _page(self, name: str, _request: web.Request) -> web.StreamResponse:
        return self._asset_response(name)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._asset_response(request.match_info["name"])

    def _asset_response(self, name: str) -> web.StreamResponse:
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        return web.Response(body=asset.body, content_type=asset.content_type)
