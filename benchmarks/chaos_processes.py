"""The processes of one `aivj sample`: which there are, what each is, and which are left."""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import psutil

_MARK = "AIVJ_CHAOS"
ACTOR = "actor"
KINDS = ("browser", "gpu-process", "renderer", ACTOR)


class SampleProcesses:
    """Starts drivers, and knows all that they have started, also once their parents are gone.

    Args:
        temp_dir: Where they keep their temporary files. Ray's sockets lie below it, so it must be
            a short path.
    """

    def __init__(self, temp_dir: Path) -> None:
        self._value = uuid4().hex
        self._temp_dir = temp_dir
        self._seen: set[psutil.Process] = set()
        self._kinds: dict[psutil.Process, str] = {}
        self._driver: psutil.Process | None = None

    def start(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Starts a driver that writes what it prints to the end of `log`."""
        env = {**os.environ, _MARK: self._value, "TMPDIR": str(self._temp_dir)}
        with log.open("ab") as output:
            driver = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env
            )
        self._driver = psutil.Process(driver.pid)
        return driver

    def by_kind(self) -> dict[str, list[psutil.Process]]:
        """Returns the living actors, browsers, GPU processes and renderers."""
        with contextlib.suppress(psutil.Error):
            if self._driver is not None:
                self._seen |= {self._driver, *self._driver.children(recursive=True)}
        found: dict[str, list[psutil.Process]] = {kind: [] for kind in KINDS}
        for process in self._living_seen():
            kind = self._kinds.get(process) or _kind(process)
            if kind is not None:
                self._kinds[process] = kind
                found[kind].append(process)
        return found

    def living(self) -> list[psutil.Process]:
        """Returns all that is left, found by descent or by the mark in its environment."""
        marked = (process for process in psutil.process_iter() if self._is_marked(process))
        return sorted({*self._living_seen(), *filter(_lives, marked)}, key=lambda found: found.pid)

    def kill(self) -> None:
        """Kills all that is left."""
        for process in self.living():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def _living_seen(self) -> list[psutil.Process]:
        self._seen = {process for process in self._seen if _lives(process)}
        return list(self._seen)

    def _is_marked(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return process.environ().get(_MARK) == self._value
        return False


def told(process: psutil.Process) -> str:
    """Returns a process's number and the beginning of its command."""
    return f"{process.pid} {_command(process)[:80]}"


def _kind(process: psutil.Process) -> str | None:
    command = _command(process)
    if "ray::SlotActor" in command:
        return ACTOR
    if "--aivj-session=" in command and "--type=" not in command:
        return "browser"
    words = command.split()
    return next((kind for kind in KINDS if f"--type={kind}" in words), None)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _command(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        # A process that renames itself joins its arguments with spaces.
        return " ".join(process.cmdline())
    return ""
