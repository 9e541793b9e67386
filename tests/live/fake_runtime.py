"""A small server for the fake runtime's page and a pack."""

import contextlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
OWN = {"/": "fake_runtime.html", "/fake_runtime.js": "fake_runtime.js"}


class Handler(SimpleHTTPRequestHandler):
    on_crash = staticmethod(lambda: None)

    def translate_path(self, path):
        name = OWN.get(path.partition("?")[0])
        return str(HERE / name) if name else super().translate_path(path)

    def do_GET(self):
        if self.path == "/crash":
            self.server.on_crash()
            self.send_response(204)
            self.end_headers()
        elif "fault=late" in self.path and not self.server.was_late.is_set():
            self.server.was_late.set()
            self.server.stopping.wait()
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args):
        super().__init__(*args)
        self.was_late, self.stopping = threading.Event(), threading.Event()

    def handle_error(self, *_):
        """Browsers go without saying good-bye."""


@contextlib.contextmanager
def fake_runtime(packs_root, on_crash=lambda: None):
    """Serves the page for the block; yields its address."""
    server = Server(("127.0.0.1", 0), partial(Handler, directory=str(packs_root)))
    server.on_crash = on_crash
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
