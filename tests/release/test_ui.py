"""MLflow's page, served by a thread of this process on a real store."""

import socket
import threading
import urllib.request
from queue import Queue

import pytest
import uvicorn

from aivj.errors import InputError, StorageError
from aivj.release.ui import serve_ui


def test_the_page_answers_on_the_loopback_for_the_right_store(tracker, monkeypatch):
    with tracker.start("known", params={}, tags={}):
        pass
    servers: list[uvicorn.Server] = []
    run = uvicorn.Server.run

    def kept(server, *arguments, **options):
        servers.append(server)
        run(server, *arguments, **options)

    monkeypatch.setattr(uvicorn.Server, "run", kept)
    told: Queue[str] = Queue()
    thread = threading.Thread(
        target=serve_ui, args=(tracker.uri,), kwargs={"port": 0, "on_ready": told.put}
    )
    thread.start()
    try:
        address = told.get(timeout=60)
        origin, _, place = address.partition("/#")
        assert origin.startswith("http://127.0.0.1:")
        experiment = tracker.experiment_id
        assert place == f"/experiments/{experiment}/runs?workflowType=machine_learning"
        query = f"/ajax-api/2.0/mlflow/experiments/get?experiment_id={experiment}"
        with urllib.request.urlopen(origin + query, timeout=30) as answer:  # noqa: S310 - ours
            assert b'"aivj"' in answer.read()
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()


def test_a_port_that_is_taken_is_said(tracker):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StorageError, match=f"port {port} of 127.0.0.1 to be free"):
            serve_ui(tracker.uri, port=port, on_ready=lambda _: None)


def test_a_store_of_another_kind_is_refused():
    with pytest.raises(InputError, match="a tracking URI such as"):
        serve_ui("ftp://somewhere", port=0, on_ready=lambda _: None)
