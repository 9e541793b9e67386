"""A store that speaks just enough of S3, and misbehaves in the way that a test wants."""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_ERROR = "<Error><Code>{}</Code><Message>no</Message></Error>"


class LooseStore(ThreadingHTTPServer):
    """Objects in memory.

    Attributes:
        objects: Their bytes, by path.
        honoured: The conditional headers that it heeds; the others it accepts and ignores.
        unknown: Headers whose requests it answers with 501.
        num_conflicts: How many of the next writes it refuses to judge.
        num_lost_answers: After how many of the next writes it hangs up instead of answering.
        num_writes: How many writes it was asked for.
        makes_absent: Whether If-Match on an object that is not there makes it.
        page: Status and body that it answers every request with, whatever was asked.
    """

    daemon_threads = True

    def __init__(self, honoured: Collection[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.honoured = honoured
        self.unknown: Collection[str] = ()
        self.num_conflicts = 0
        self.num_lost_answers = 0
        self.num_writes = 0
        self.makes_absent = False
        self.page: tuple[int, bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: LooseStore
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.server.page is not None:
            self._answer(*self.server.page)
            return
        data = self.server.objects.get(self.path)
        if data is None:
            self._answer(404, _ERROR.format("NoSuchKey").encode())
        else:
            self._answer(200, data, etag=etag_of(data))

    def do_PUT(self) -> None:
        store = self.server
        store.num_writes += 1
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if store.num_conflicts:
            store.num_conflicts -= 1
            self._answer(409, _ERROR.format("ConditionalRequestConflict").encode())
        elif any(header in self.headers for header in store.unknown):
            self._answer(501, _ERROR.format("NotImplemented").encode())
        elif store.page is not None:
            self._answer(*store.page)
        elif not self._condition_holds():
            self._answer(412, _ERROR.format("PreconditionFailed").encode())
        else:
            store.objects[self.path] = data
            if store.num_lost_answers:
                store.num_lost_answers -= 1
                self.close_connection = True
            else:
                self._answer(200, b"", etag=etag_of(data))

    def _condition_holds(self) -> bool:
        held = self.server.objects.get(self.path)
        wanted = self.headers["If-Match"] if "If-Match" in self.server.honoured else None
        fresh = self.headers["If-None-Match"] if "If-None-Match" in self.server.honoured else None
        if fresh is not None and held is not None:
            return False
        if wanted is not None and held is None:
            return self.server.makes_absent
        return wanted is None or (held is not None and etag_of(held) == wanted)

    def _answer(self, status: int, body: bytes, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


def etag_of(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()}"'


@contextmanager
def loose_store(*, honoured: Collection[str]) -> Iterator[LooseStore]:
    """Serves a store for the length of the block."""
    with LooseStore(honoured) as store:
        thread = Thread(target=store.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield store
        store.shutdown()
        thread.join()
