"""The library page by itself, where nobody watches a run."""

from pathlib import Path

from aivj.monitor.guard import Guard
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.page_server import PageServer


class LibraryServer(PageServer):
    """Serves a library.

    Args:
        library: What the page asks.
        guard: Who may look.
        dist: Another build of the page than this one's.

    Raises:
        MissingDependencyError: The page has not been built.
    """

    def __init__(self, library: LibraryRoutes, guard: Guard, *, dist: Path | None = None) -> None:
        super().__init__({"/": "library"}, guard, dist=dist)
        library.mount(self.app)
