"""The loopback server of the stage: pages, presets, music. Serves this machine alone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

from aiohttp import web

from aivj.audio.music_folder import MUSIC_SUFFIXES
from aivj.errors import UnsafePathError
from aivj.stage.assets import Asset, read_assets
from aivj.stage.catalogue import MUSIC_ROUTE, catalogue
from aivj.storage import resolve_under

# Presets are untrusted code: equations may become WebAssembly, and nothing may leave the origin.
# The runtime's verification takes an element's style away by an empty attribute: that one alone is
# allowed, by the hash of nothing.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "style-src-attr 'unsafe-hashes' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
    "img-src 'self' data: blob:; connect-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), display-capture=(self), camera=(), geolocation=()",
    "Cache-Control": "no-cache",
}

# Sent by our own page only: a foreign one would have to ask first, and is not answered.
_PRESET_TYPE = "application/octet-stream"
_MAX_PRESET_BYTES = 4 * 1024 * 1024

Convert = Callable[[bytes], bytes]


class StageServer:
    """Serves the built stage on a free port of 127.0.0.1.

    Args:
        packs_root: Folder that `/presets/...` and `/run-manifest.json` resolve below; None serves
            no presets.
        clips: Music by name: `/clips/<name>.u8` answers the planar bytes.
        convert: Makes the JSON that `/converted/presets/...` answers from a preset's bytes; a
            page cannot convert shaders itself. Called in a thread, once at a time.
        music_root: Folder that `/__local_audio?path=...` serves music from, by a path in it or by
            an absolute one; None serves none.
        extend: Adds routes and middlewares of a page that has more to ask.
        dist: Another build of the stage than this one's.
    """

    def __init__(
        self,
        *,
        packs_root: Path | None = None,
        clips: Mapping[str, bytes] | None = None,
        convert: Convert | None = None,
        music_root: Path | None = None,
        extend: Callable[[web.Application], None] | None = None,
        dist: Path | None = None,
    ) -> None:
        self._packs_root = packs_root
        self._clips = dict(clips or {})
        self._convert = convert
        self._converting = asyncio.Lock()
        self._music_root = music_root
        self._extend = extend
        self._dist = dist
        self._assets: dict[str, Asset] = {}
        self._runner: web.AppRunner | None = None
        self.origin = ""

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Starts to listen and returns the origin, such as `http://127.0.0.1:40123`.

        Raises:
            MissingDependencyError: The stage has not been built.
        """
        self._assets = read_assets(self._dist)
        app = web.Application(middlewares=[_with_headers], client_max_size=_MAX_PRESET_BYTES)
        app.router.add_get("/", self._asset)
        app.router.add_get("/catalogue.json", self._catalogue)
        app.router.add_get(MUSIC_ROUTE, self._music)
        app.router.add_get("/run-manifest.json", self._preset)
        app.router.add_get("/clips/{name}.u8", self._clip)
        app.router.add_get("/presets/{path:.+}", self._preset)
        app.router.add_get("/converted/{path:presets/.+}", self._converted)
        app.router.add_post("/converted", self._converted_text)
        app.router.add_get("/{name:[a-z-]+[.][a-z]+}", self._asset)
        if self._extend is not None:
            self._extend(app)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        address, bound_port = self._runner.addresses[0][:2]
        self.origin = f"http://{address}:{bound_port}"
        return self.origin

    async def close(self) -> None:
        """Stops listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get(request.match_info.get("name", "index.html"))
        if asset is None:
            raise web.HTTPNotFound
        if any(known.value == asset.etag for known in request.if_none_match or ()):
            return web.Response(status=304)
        response = web.Response(body=asset.body, content_type=asset.content_type)
        response.etag = asset.etag
        return response

    async def _clip(self, request: web.Request) -> web.StreamResponse:
        data = self._clips.get(request.match_info["name"])
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="application/octet-stream")

    async def _preset(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._preset_path(request))

    async def _converted(self, request: web.Request) -> web.StreamResponse:
        return await self._conversion(self._preset_path(request).read_bytes())

    async def _converted_text(self, request: web.Request) -> web.StreamResponse:
        """Converts what is sent: a preset that lies in no pack."""
        if request.content_type != _PRESET_TYPE:
            raise web.HTTPUnsupportedMediaType
        return await self._conversion(await request.read())

    async def _conversion(self, preset: bytes) -> web.StreamResponse:
        """Answers with the converted preset; music is served meanwhile."""
        if self._convert is None:
            raise web.HTTPNotFound
        async with self._converting:
            data = await asyncio.to_thread(self._convert, preset)
        return web.Response(body=data, content_type="application/json")

    async def _catalogue(self, _: web.Request) -> web.StreamResponse:
        listed = await asyncio.to_thread(catalogue, self._packs_root, self._music_root)
        return web.json_response(listed)

    async def _music(self, request: web.Request) -> web.StreamResponse:
        """Serves a file of the music folder, or the range of it that is asked for."""
        asked = Path(request.query.get("path", ""))
        root = self._music_root
        if root is not None and asked.is_relative_to(root.resolve()):
            asked = asked.relative_to(root.resolve())
        if asked.suffix.lower() not in MUSIC_SUFFIXES:
            raise web.HTTPNotFound
        return web.FileResponse(_file_under(root, quote(asked.as_posix())))

    def _preset_path(self, request: web.Request) -> Path:
        prefix = "/converted" if request.raw_path.startswith("/converted/") else ""
        url_path = request.raw_path.removeprefix(prefix).partition("?")[0]
        return _file_under(self._packs_root, url_path)


def _file_under(root: Path | None, relative: str) -> Path:
    if root is None:
        raise web.HTTPNotFound
    try:
        path = resolve_under(root, relative)
    except UnsafePathError as error:
        raise web.HTTPNotFound from error
    if not path.is_file():
        raise web.HTTPNotFound
    return path


@web.middleware
async def _with_headers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(_HEADERS)
        raise
    response.headers.update(_HEADERS)
    return response
