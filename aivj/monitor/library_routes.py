"""What the library page asks, for every server that shows it. It only reads."""

import asyncio

from aiohttp import web

from aivj.contracts.json_text import row_bytes
from aivj.contracts.library_page import LibraryPage, LibraryTile
from aivj.errors import AivjError
from aivj.monitor.library_index import KnownPreset, LibraryIndex, LibraryQuery
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import Library
from aivj.presets.author import name_stem

USUAL_SIZE = 48
MAX_SIZE = 200
_MAX_DIGITS = 9
_NOTHING = Library(LibraryIndex([], {}), "no library")


class LibraryRoutes:
    """Answers of a library.

    Args:
        shelf: What is shown.
        pictures: What presets look like.
        player: Address of a player that serves the library's pack; None: there is none.
    """

    def __init__(
        self, shelf: LibraryShelf, pictures: LibraryPictures, *, player: str | None = None
    ) -> None:
        self._shelf = shelf
        self._pictures = pictures
        self._player = player

    def mount(self, app: web.Application) -> None:
        """Adds what the page asks to a server."""
        app.router.add_get("/api/library", self._found)
        app.router.add_get("/api/library/picture", self._picture)

    def page(self, query: LibraryQuery, page: int, size: int = USUAL_SIZE) -> LibraryPage:
        """Returns a page of what is asked for; one that says why, if there is no library.

        Args:
            query: Which presets.
            page: 1 and on; the last one in the place of a later one.
            size: Presets of a page, 1 to `MAX_SIZE`; others are taken for the nearest of these.
        """
        missing = None
        try:
            library = self._shelf.library()
        except AivjError as error:
            library, missing = _NOTHING, str(error)
        index = library.index
        found = index.find(query)
        size = min(max(size, 1), MAX_SIZE)
        num_pages = max(1, -(-len(found.places) // size))
        page = min(max(page, 1), num_pages)
        places = found.places[(page - 1) * size : page * size].tolist()
        tiles = [self._tile(place, index.presets[place]) for place in places]
        fault = self._pictures.fault
        return LibraryPage(
            source=library.source,
            missing=missing,
            pack=library.pack,
            styles_from=library.styles_from,
            player=self._player,
            notices=[] if fault is None else [f"pictures: {fault}"],
            num_presets=len(index),
            num_found=len(found.places),
            page=page,
            num_pages=num_pages,
            choices=found.choices,
            tiles=tiles,
        )

    async def _found(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        names = ("text", "style", "energy", "quality", "failure")
        query = LibraryQuery(**{name: asked.get(name, "") for name in names})
        page, size = _count(asked.get("page"), 1), _count(asked.get("size"), USUAL_SIZE)
        told = await asyncio.to_thread(self.page, query, page, size)
        return web.Response(body=row_bytes(told), content_type="application/json")

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        place = _count(request.query.get("id"), -1)
        picture = None if place < 0 else await asyncio.to_thread(self._read_picture, place)
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/webp")

    def _read_picture(self, place: int) -> bytes | None:
        try:
            presets = self._shelf.library().index.presets
        except AivjError:
            return None
        return self._pictures.read(presets[place]) if place < len(presets) else None

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


def _count(asked: str | None, usual: int) -> int:
    """Returns a number that was asked for; what is none is the usual."""
    is_one = asked is not None and asked.isascii() and asked.isdigit()
    return int(asked) if is_one and asked and len(asked) <= _MAX_DIGITS else usual
