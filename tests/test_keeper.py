"""What is kept while its owner lives, and ends when that is killed."""

import subprocess
import sys

import psutil
from processes import descendants

from aivj.keeper import ended_with_us

OWNER = """
import subprocess, sys
from pathlib import Path
from aivj.keeper import ended_with_us
one = subprocess.Popen(["sleep", "600"])
group = subprocess.Popen(["sh", "-c", "sleep 600 & wait"], start_new_session=True)
with ended_with_us(one.pid, -group.pid, folder=Path(sys.argv[1])):
    print(one.pid, group.pid, flush=True)
    sys.stdin.read()
"""


def test_processes_groups_and_folder_go_with_a_killed_owner(tmp_path):
    folder = tmp_path / "left behind"
    folder.mkdir()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        pids = [int(word) for word in owner.stdout.readline().split()]
        started = [psutil.Process(pid) for pid in pids]
        started += started[1].children(recursive=True)
        (keeper,) = [
            process for process, command in descendants(owner.pid) if "keeper" in command.split()
        ]
    finally:
        owner.kill()
        owner.communicate()

    _, alive = psutil.wait_procs([*started, keeper], timeout=60)
    assert alive == []
    assert not folder.exists()


def test_nothing_is_ended_at_the_end_of_the_block():
    with subprocess.Popen(["/bin/sleep", "600"]) as process:
        with ended_with_us(process.pid):
            pass
        assert process.poll() is None
        process.kill()
