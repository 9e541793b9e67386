"""A real Ray head on this machine, with a token and ports of its own, and a small real pack."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from aivj.keeper import ended_with_us

PROJECT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
NUM_PAIRS = 6
START_TIMEOUT_S = 240
JOB_TIMEOUT_S = 800
GONE_TIMEOUT_S = 120


@dataclass(frozen=True)
class Head:
    """A Ray head of our own, and what one must know to submit to it."""

    folder: Path
    url: str
    token: str

    def submit(self, job, *arguments, home, token):
        """Has `aivj submit` run a job to its end."""
        env = {name: text for name, text in os.environ.items() if not name.startswith("RAY_")}
        env |= {
            "HOME": str(self.folder),  # holds no token
            "RAY_API_SERVER_ADDRESS": self.url,
            **({"RAY_AUTH_TOKEN": token} if token is not None else {}),
        }
        return subprocess.run(
            [
                *(sys.executable, "-m", "aivj.cli", "submit", job),
                *("--env", f"AIVJ_HOME={home}", "--", *map(str, arguments)),
            ],
            cwd=PROJECT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=JOB_TIMEOUT_S,
            check=False,
        )


def free_ports(num_ports):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(num_ports)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def is_served(url, token):
    request = urllib.request.Request(  # noqa: S310 - our own loopback server
        f"{url}/api/version", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
            return reply.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def end(head):
    """Ends a head by its process group; returns what lived on, and kills it."""
    left = head.children(recursive=True)
    os.killpg(head.pid, signal.SIGKILL)  # after SIGTERM Ray may linger for a minute
    deadline = time.monotonic() + GONE_TIMEOUT_S
    while (left := [one for one in left if lives(one)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    told = [f"{one.pid} {one.name()}" for one in left]
    for one in left:
        one.kill()
    return told


def lives(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.fixture(scope="session")
def head():
    # Sockets lie below this folder, and their paths may have 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="aivj-", ignore_cleanup_errors=True) as name:
        gcs, dashboard, agent, client = free_ports(4)
        token = secrets.token_hex(32)
        env = {name: text for name, text in os.environ.items() if not name.startswith("RAY_")}
        env |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token, "RAY_USAGE_STATS_ENABLED": "0"}
        # A job's `python` is the one on the head's path.
        env["PATH"] = f"{BIN}{os.pathsep}{env['PATH']}"
        with Path(name, "head.log").open("wb") as log:
            popen = subprocess.Popen(
                [
                    *(BIN / "ray", "start", "--head", "--block", "--num-cpus=4"),
                    *("--node-ip-address=127.0.0.1", f"--port={gcs}", f"--temp-dir={name}"),
                    *("--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}"),
                    "--include-log-monitor=false",  # what a job says comes another way
                    *(f"--dashboard-agent-listen-port={agent}",),
                    *(f"--ray-client-server-port={client}",),
                    *(f"--object-store-memory={256 * 1024**2}",),
                ],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        head = Head(Path(name), f"http://127.0.0.1:{dashboard}", token)
        try:
            with ended_with_us(-popen.pid):
                deadline = time.monotonic() + START_TIMEOUT_S
                while not is_served(head.url, token):
                    assert popen.poll() is None, Path(name, "head.log").read_text()
                    assert time.monotonic() < deadline
                    time.sleep(0.2)
                yield head
        finally:
            left = end(psutil.Process(popen.pid))
            popen.wait()
        assert left == []


@pytest.fixture(scope="session")
def home(tmp_path_factory, draw_pack):
    home = tmp_path_factory.mktemp("home")
    draw_pack(home / "public", NUM_PAIRS)
    return home
