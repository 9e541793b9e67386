"""The processes of one browser: which they are, what they hold, and their end."""

import contextlib
import os
import signal

import psutil

_TYPE_FLAG = "--type="
GPU_PROCESS = "gpu-process"


class BrowserProcesses:
    """The browser process and what it started.

    Args:
        leader: The browser process. Playwright starts it in a process group of its own.
    """

    def __init__(self, leader: psutil.Process) -> None:
        self._leader = leader
        self._group = os.getpgid(leader.pid)

    @property
    def leader_pid(self) -> int:
        """Id of the browser process."""
        return self._leader.pid

    @classmethod
    def marked(cls, mark: str) -> "BrowserProcesses | None":
        """Finds the browser that carries the argument `mark`, among our own descendants."""
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                command = process.cmdline()
                if mark in command and not any(part.startswith(_TYPE_FLAG) for part in command):
                    return cls(process)
        return None

    def of_type(self, name: str) -> list[psutil.Process]:
        """Returns the living processes with `--type=<name>`."""
        return [process for process in self._members() if _has_type(process, name)]

    def memory_bytes(self) -> int:
        """Returns the anonymous memory of all processes: what their end would give back.

        Pages of files are Chromium's code, which all browsers share and the kernel can drop.
        """
        total = 0
        for process in self._members():
            with contextlib.suppress(psutil.Error):
                memory = process.memory_info()
                total += memory.rss - memory.shared
        return total

    def kill(self) -> None:
        """Kills the whole group, also what was stopped."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._group, signal.SIGKILL)

    def _members(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._leader, *self._leader.children(recursive=True)]
        return []


def _has_type(process: psutil.Process, name: str) -> bool:
    with contextlib.suppress(psutil.Error):
        # A process that renames itself joins its arguments with spaces.
        return f"{_TYPE_FLAG}{name}" in " ".join(process.cmdline()).split()
    return False
