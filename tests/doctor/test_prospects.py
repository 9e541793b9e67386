"""What a night will use is looked at, and each thing that is missing is named."""

import dataclasses
import email.utils
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from gate.tested_packs import MOVING, write_pack

from aivj.doctor import prospects as module
from aivj.doctor.prospects import Prospects, look_ahead


@pytest.fixture
def good(tmp_path):
    pack = write_pack(tmp_path / "public", [MOVING] * 2, [0.2, 0.9])
    return Prospects(
        home=tmp_path,
        packs_root=pack.root,
        packs=(pack.name,),
        libraries=(),
        elite_dir=None,
        audio="groove",
        trains=True,
        allow_cpu=True,
        bucket_uri=f"file://{tmp_path}/bucket",
        tracking_uri=f"sqlite:///{tmp_path}/mlflow.db",
        num_presets=0,
        num_workers=1,
    )


def found(prospects, **changes):
    changed = dataclasses.replace(prospects, **changes)
    return {finding.name: finding for finding in look_ahead(changed)}


def test_all_is_well_and_nothing_is_left_behind(good, tmp_path):
    findings = found(good)
    assert {finding.state for finding in findings.values()} <= {"ok", "optional"}
    assert findings["pack tested"].found == "2 pairs of 4 presets"
    assert findings["bucket"].state == "ok"
    assert not [path for path in (tmp_path / "bucket").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"packs": ("nowhere",)}, "pack nowhere"),
        ({"libraries": ("tested",)}, "pack tested"),
        ({"audio": "/no/music"}, "music"),
        ({"num_presets": 10**9}, "room"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(good, changes, name):
    finding = found(good, **changes)[name]
    assert finding.state == "missing"
    assert finding.remedy


def test_no_cuda_and_no_leave_is_missing(good, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert found(good, allow_cpu=False)["training"].state == "missing"
    assert "training" not in found(good, trains=False)


def test_an_elite_list_that_is_broken_is_missing(good, tmp_path):
    assert found(good, elite_dir=tmp_path / "none")["elite list"].state == "missing"


def test_a_bucket_that_cannot_be_written_is_missing(good, tmp_path):
    (tmp_path / "file").write_text("")
    assert found(good, bucket_uri=f"file://{tmp_path}/file")["bucket"].state == "missing"


def test_too_many_browsers_for_the_memory_are_told(good):
    assert found(good, num_workers=4096)["memory"].state == "optional"


@pytest.fixture
def server():
    """A server on loopback that is `skew_s` ahead, and its address."""
    ahead = {"skew_s": 0.0, "status": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(ahead["status"])
            self.send_header("Date", email.utils.formatdate(time.time() + ahead["skew_s"]))
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_address[1]}", ahead
        listening.shutdown()


def test_a_tracking_server_and_its_clock(good, server):
    address, ahead = server
    findings = found(good, tracking_uri=address)
    assert (findings["tracking"].state, findings["clock"].state) == ("ok", "ok")
    ahead["skew_s"] = 600.0
    late = found(good, tracking_uri=address)["clock"]
    assert late.state == "optional"
    ahead["status"] = 503
    assert found(good, tracking_uri=address)["tracking"].state == "optional"
    assert found(good, tracking_uri="http://127.0.0.1:1")["tracking"].state == "optional"


def test_a_machine_that_may_sleep_is_told(good, tmp_path, monkeypatch):
    program = tmp_path / "systemctl"
    program.write_text("#!/bin/sh\necho enabled\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(module, "_SYSTEMD", tmp_path)
    assert found(good)["sleep"].state == "optional"
    program.write_text("#!/bin/sh\necho masked\n")
    assert found(good)["sleep"].state == "ok"
    monkeypatch.setattr(module, "_SYSTEMD", tmp_path / "nowhere")
    assert "sleep" not in found(good)
