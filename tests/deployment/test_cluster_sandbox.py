"""The sandbox of `make cluster-test`: a network of its own, and nothing left whoever is killed."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest

from benchmarks.cluster_sandbox import reason_against, run_inside

pytestmark = pytest.mark.skipif(
    reason_against() is not None, reason=f"no sandbox here: {reason_against()}"
)
ROOT = Path(__file__).parents[2]

# A node, a bridge and two processes; says where it is when they are there.
BUSY = """
ip netns add node; ip link add bridge type bridge
ip netns exec node setsid sleep "$0" &
(trap '' TERM HUP; sleep "$0") &
touch "$2/ready"; df --output=fstype "$2" | tail -1 >"$1"; echo "$2" >>"$1"; wait
"""


def test_the_exit_code_is_that_of_the_command_and_nothing_is_left(tmp_path):
    told = tmp_path / "told"
    code = run_inside(
        ["bash", "-c", 'ip -o link | wc -l >"$1"; echo "$2" >>"$1"; exit 7', "x", told]
    )
    num_links, folder = told.read_text().split()
    assert (code, num_links) == (7, "1")
    assert not Path(folder).exists()


def test_whoever_is_killed_takes_it_all_along(tmp_path):
    # Nobody else sleeps as long.
    seconds = str(uuid.uuid4().int % 10**9 + 10**6)
    told = tmp_path / "told"
    program = (
        "import sys; from benchmarks.cluster_sandbox import run_inside; run_inside(sys.argv[1:])"
    )
    outer = subprocess.Popen(
        [sys.executable, "-c", program, "bash", "-c", BUSY, seconds, told], cwd=ROOT
    )
    wait_until(lambda: told.exists() and told.read_text().count("\n") == 2)
    kind, folder = told.read_text().split()
    wait_until(lambda: len(sleepers(seconds)) == 2)
    assert kind == "tmpfs"
    os.kill(outer.pid, signal.SIGKILL)
    outer.wait()
    wait_until(lambda: not sleepers(seconds))
    wait_until(lambda: not Path(folder).exists())


def sleepers(seconds):
    return [
        one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", seconds]
    ]


def wait_until(is_true):
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
