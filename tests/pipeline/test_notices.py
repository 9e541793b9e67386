"""Messages reach a real server over HTTP, and a service that does not answer ends nothing."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aivj.errors import InputError
from aivj.pipeline.notices import Notifier


@pytest.fixture
def server():
    """A server on loopback, its address, and the documents that were posted to it."""
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, json.loads(body)))
            self.send_response(500 if self.path.startswith("/broken") else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_address[1]}", posted
        listening.shutdown()


def test_a_plain_address_is_posted_a_document(server):
    address, posted = server
    assert Notifier([f"{address}/hook"]).tell("Night one began", "mine", "info") == []
    ((path, document),) = posted
    assert path == "/hook"
    assert (document["title"], document["message"]) == ("Night one began", "mine")


def test_who_does_not_take_it_is_named_without_what_may_be_secret(server):
    address, posted = server
    told = Notifier([f"{address}/broken?token=s3cret", f"{address}/hook"]).tell("t", "b", "failure")
    assert len(told) == 1
    assert "s3cret" not in told[0]
    assert {path.partition("?")[0] for path, _ in posted} == {"/broken", "/hook"}


def test_nobody_there_ends_nothing():
    assert len(Notifier(["http://127.0.0.1:1/x"]).tell("t", "b", "failure")) == 1
    assert Notifier([]).tell("t", "b", "info") == []


@pytest.mark.parametrize("address", ["nothing", "gopher://x", ""])
def test_what_is_no_address_is_refused_before_the_night(address):
    with pytest.raises(InputError, match="addresses to notify"):
        Notifier([address])
