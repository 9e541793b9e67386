"""Jobs on the cluster, submitted as a person does: `aivj submit`, and its exit code."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.cluster_nodes import DASHBOARD, Node

_PAUSE_S = 0.2


class JobError(RuntimeError):
    """A job did not end as it should; the message ends with what it printed."""


class Job:
    """One submitted job, and the command that waits for it.

    Args:
        job: A file of `ray_jobs/`, without its ending.
        arguments: What it is given.
        env: Its environment.
        name: For its log.
        token: The cluster's.
        folder: For its log; the home of whoever submits.
    """

    def __init__(
        self,
        job: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        name: str,
        token: str,
        folder: Path,
    ) -> None:
        self.name = name
        self.log = folder / f"job-{name}.log"
        self._script = f"ray_jobs/{job}.py"
        ray = [name for name in os.environ if name.startswith("RAY_")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "aivj.cli", "submit", job),
                    *(word for pair in env.items() for word in ("--env", "=".join(pair))),
                    *("--", *arguments),
                ],
                env={
                    **{key: text for key, text in os.environ.items() if key not in ray},
                    "HOME": str(folder),
                    "RAY_API_SERVER_ADDRESS": DASHBOARD,
                    "RAY_AUTH_MODE": "token",
                    "RAY_AUTH_TOKEN": token,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def has_ended(self) -> bool:
        """Whether the command that waits for it has ended."""
        return self._process.poll() is not None

    def wait(self, timeout_s: float, *, on_tick: Callable[[], None] = lambda: None) -> int:
        """Returns the exit code of `aivj submit`.

        Raises:
            JobError: It takes longer than that.
        """
        deadline = time.monotonic() + timeout_s
        while not self.has_ended:
            if time.monotonic() > deadline:
                raise JobError(f"{self.name} runs after {timeout_s:.0f} s:\n{self.told()}")
            on_tick()
            time.sleep(_PAUSE_S)
        return self._process.returncode

    def done(self, timeout_s: float) -> str:
        """Waits for a job that is to end well; returns what it printed.

        Raises:
            JobError: It did not, or takes longer than that.
        """
        if code := self.wait(timeout_s):
            raise JobError(f"{self.name} ended with {code}:\n{self.told()}")
        return self.log.read_text(errors="replace")

    def kill_driver(self, head: Node) -> None:
        """Kills the process on the head that runs it.

        Raises:
            JobError: There is none.
        """
        for process in head.processes():
            with contextlib.suppress(psutil.Error):
                command = process.cmdline()
                if "python" in Path(command[0]).name and self._script in command:
                    process.kill()
                    return
        raise JobError(f"no driver of {self.name} on the head")

    def told(self) -> str:
        """Returns the end of what it printed."""
        return self.log.read_text(errors="replace")[-3000:]
