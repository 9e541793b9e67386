"""The library page's server: the page, what it asks, and pictures. It only reads."""

import asyncio
from pathlib import Path

from aiohttp import web

from aivj.contracts.json_text import row_bytes
from aivj.contracts.library_page import LibraryPage, LibraryTile
from aivj.monitor.guard import Guard
from aivj.monitor.library_index import KnownPreset, LibraryQuery
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_sources import Library
from aivj.monitor.page_server import PageServer
from aivj.presets.author import name_stem

USUAL_SIZE = 48
MAX_SIZE = 200
_MAX_DIGITS = 9


class LibraryServer(PageServer):
    """Serves a library.

    Args:
        library: What is shown.
        pictures: What presets look like.
        guard: Who may look.
        player: Address of a player that serves the library's pack; None: there is none.
        dist: Another build of the page than this one's.

    Raises:
        MissingDependencyError: The page has not been built.
    """

    def __init__(
        self,
        library: Library,
        pictures: LibraryPictures,
        guard: Guard,
        *,
        player: str | None = None,
        dist: Path | None = None,
    ) -> None:
        super().__init__("library", guard, dist=dist, styles=frozenset({"monitor.css"}))
        self._library = library
        self._pictures = pictures
        self._player = player
        self.app.router.add_get("/api/library", self._found)
        self.app.router.add_get("/api/picture", self._picture)

    async def _found(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        names = ("text", "style", "energy", "quality", "failure")
        query = LibraryQuery(**{name: asked.get(name, "") for name in names})
        page, size = _count(asked.get("page"), 1), _count(asked.get("size"), USUAL_SIZE)
        told = await asyncio.to_thread(self.page, query, page, size)
        return web.Response(body=row_bytes(told), content_type="application/json")

    def page(self, query: LibraryQuery, page: int, size: int = USUAL_SIZE) -> LibraryPage:
        """Returns a page of what is asked for.

        Args:
            query: Which presets.
            page: 1 and on; the last one in the place of a later one.
            size: Presets of a page, 1 to `MAX_SIZE`; others are taken for the nearest of these.
        """
        index = self._library.index
        found = index.find(query)
        size = min(max(size, 1), MAX_SIZE)
        num_pages = max(1, -(-len(found.places) // size))
        page = min(max(page, 1), num_pages)
        places = found.places[(page - 1) * size : page * size].tolist()
        tiles = [self._tile(place, index.presets[place]) for place in places]
        fault = self._pictures.fault
        return LibraryPage(
            source=self._library.source,
            pack=self._library.pack,
            styles_from=self._library.styles_from,
            player=self._player,
            notices=[] if fault is None else [f"pictures: {fault}"],
            num_presets=len(index),
            num_found=len(found.places),
            page=page,
            num_pages=num_pages,
            choices=found.choices,
            tiles=tiles,
        )

    def _tile(self, place: int, preset: KnownPreset) -> LibraryTile:
        author, dash, title = name_stem(preset.rel_path).partition(" - ")
        return LibraryTile(
            id=place,
            rel_path=preset.rel_path,
            title=title if dash and title else author,
            author=author if dash and title else "",
            style=preset.style,
            energy=preset.energy,
            quality=preset.quality,
            reasons=list(preset.reasons),
            luma=preset.luma,
            motion=preset.motion,
            preset_id=preset.preset_id,
            has_picture=self._pictures.has(preset),
        )

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        place = _count(request.query.get("id"), -1)
        if not 0 <= place < len(self._library.index):
            raise web.HTTPNotFound
        preset = self._library.index.presets[place]
        picture = await asyncio.to_thread(self._pictures.read, preset)
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/webp")


def _count(asked: str | None, usual: int) -> int:
    """Returns a number that was asked for; what is none is the usual."""
    is_one = asked is not None and asked.isascii() and asked.isdigit()
    return int(asked) if is_one and asked and len(asked) <= _MAX_DIGITS else usual
