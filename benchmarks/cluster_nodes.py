"""Machines of a Ray cluster on this one: a network namespace each, joined by a bridge.

Made inside a sandbox (`benchmarks.cluster_sandbox`), which also ends them. A node has its own name,
address, processes, shared memory, home and folder for Ray; files elsewhere are everybody's, as on a
network drive.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

GATEWAY = "10.206.0.1"
"""The address of the machine that the bridge belongs to: services listen there."""

MLFLOW = "mlflow"
"""The name of MLflow's server, as it is in the cluster that `k8s/` describes."""

HEAD = "10.206.0.10"
DASHBOARD = f"http://{HEAD}:8265"
SLOTS = 1
"""Browsers of a worker: this machine may have two cores."""

_GCS = f"{HEAD}:6379"
_BRIDGE = "aivj0"
_DRAIN_S = 90
_STORE_BYTES = 100_000_000
_NODE_TIMEOUT_S = 120
_PAUSE_S = 0.2

# The shell is the node's first process, as `tini --` is in a pod: it hands a SIGTERM to `ray start`
# alone, and takes in whoever loses his parent.
_NODE = """
set -eu
hostname "$1"
mount --make-rprivate /
mount -t tmpfs tmpfs /dev/shm
mount --bind "$2" "$3"
shift 3
"$@" &
ray=$!
trap 'kill -TERM $ray' TERM
until wait $ray || ! kill -0 $ray 2>/dev/null; do :; done
"""


@dataclass(frozen=True)
class Place:
    """What all nodes share.

    Attributes:
        folder: For logs, homes and Ray's files.
        env: What a pod's environment would hold: the token, how to reach the bucket.
    """

    folder: Path
    env: Mapping[str, str]

    @property
    def ray_folder(self) -> Path:
        """Where Ray keeps its files, on every node under the same path; sockets lie below it."""
        return self.folder / "ray"


def make_network(folder: Path) -> None:
    """Makes the bridge that nodes are joined by, and gives MLflow its name on all of them.

    Args:
        folder: For the table of names.
    """
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{GATEWAY} {MLFLOW}\n")
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)  # noqa: S607
    _ip("link", "add", _BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{GATEWAY}/24", "dev", _BRIDGE)
    _ip("link", "set", _BRIDGE, "up")


class Node:
    """A machine with Ray on it.

    Args:
        place: What all nodes share.
        name: Its name; at most 8 characters.
        address: Its address in the bridge's network; the head's is `HEAD`.
    """

    def __init__(self, place: Place, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self.started_at = time.monotonic()
        self.log = place.folder / f"{name}.log"
        self._link = f"v{name}"
        own = place.folder / "nodes" / name
        self._home = own / "home"
        for path in (self._home, own / "ray", place.ray_folder):
            path.mkdir(parents=True, exist_ok=True)
        self._connect()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("ip", "netns", "exec", name, "setsid"),
                    *("unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc"),
                    *("--kill-child=SIGKILL", "bash", "-c", _NODE, "node"),
                    *(name, str(own / "ray"), str(place.ray_folder), *self._ray(place)),
                ],
                env={**place.env, "HOME": str(self._home), "TMPDIR": str(own / "ray")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _connect(self) -> None:
        _ip("netns", "add", self.name)
        _ip("link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("link", "set", self._link, "master", _BRIDGE, "up")
        for arguments in (
            ("addr", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", self.name, *arguments)

    def _ray(self, place: Place) -> list[str]:
        ray = [
            *(str(Path(sys.executable).parent / "ray"), "start", "--block"),
            *("--node-ip-address", self.address, "--object-store-memory", str(_STORE_BYTES)),
        ]
        if self.address != HEAD:
            return [
                *ray,
                *("--address", _GCS, "--num-cpus", str(SLOTS)),
                *("--resources", f'{{"browser_slot": {SLOTS}}}'),
            ]
        return [
            *ray,
            *("--head", "--port", _GCS.rpartition(":")[2], "--num-cpus=0", "--num-gpus=0"),
            *("--dashboard-host=0.0.0.0", "--temp-dir", str(place.ray_folder)),
        ]

    @property
    def is_alive(self) -> bool:
        """Whether anything of it runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Takes its power away."""
        self._process.kill()
        self._process.wait()

    def drain(self) -> None:
        """Tells it to leave, as Kubernetes tells a pod; it has as long as Ray gives it."""
        for child in psutil.Process(self._process.pid).children():
            child.send_signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> float:
        """Returns how long it took to end, in seconds.

        Raises:
            TimeoutError: It lives on.
        """
        began = time.monotonic()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.name} lives on after {timeout_s:.0f} s") from None
        return time.monotonic() - began

    def lose_disk(self) -> None:
        """Empties its home: what a driver kept there is gone."""
        shutil.rmtree(self._home)
        self._home.mkdir()

    def unplug(self) -> None:
        """Takes its link down."""
        _ip("link", "set", self._link, "down")

    def plug(self) -> None:
        """Puts its link up again."""
        _ip("link", "set", self._link, "up")

    def processes(self) -> list[psutil.Process]:
        """Returns what runs on it."""
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self._process.pid).children(recursive=True)
        return []

    def memory_bytes(self) -> int:
        """Returns what it holds, with what is shared counted once."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.Error, OSError):
                total += int(process.memory_full_info().pss)
        return total

    def told(self) -> str:
        """Returns the end of what it printed."""
        return self.log.read_text(errors="replace")[-2000:]


def node_environment(token: str, more: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment of a node whose cluster has that token."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": token,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": str(_DRAIN_S),
        **more,
    }


class Cluster:
    """What the dashboard says of the cluster.

    Args:
        token: Its token.
        head: Its head.
    """

    def __init__(self, token: str, head: Node) -> None:
        self._token = token
        self._head = head

    def alive(self) -> set[str]:
        """Returns the addresses of the nodes that Ray takes for alive; none while it is silent."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{DASHBOARD}/nodes?view=summary", headers={"Authorization": f"Bearer {self._token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
                summary = json.load(reply)["data"]["summary"]
        except (urllib.error.URLError, ConnectionError, TimeoutError, KeyError, ValueError):
            return set()
        return {
            node["raylet"]["nodeManagerAddress"]
            for node in summary
            if node.get("raylet", {}).get("state") == "ALIVE"
        }

    def wait_for(self, node: Node, *, is_there: bool = True) -> float:
        """Waits until Ray takes a node for alive, or for gone; returns the seconds.

        Raises:
            TimeoutError: It does not.
        """
        began = time.monotonic()
        while (node.address in self.alive()) != is_there:
            if time.monotonic() - began > _NODE_TIMEOUT_S or (is_there and not node.is_alive):
                raise TimeoutError(
                    f"{node.name} is {'not ' if is_there else 'still '}there:\n{node.told()}"
                )
            time.sleep(_PAUSE_S)
        return time.monotonic() - began


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, timeout=20)  # noqa: S607 - whichever there is
