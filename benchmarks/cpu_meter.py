"""CPU seconds of this process and of all that it started, those that died meanwhile included."""

import contextlib
import os
import threading
from collections import defaultdict
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import psutil

_FIELDS = ["pid", "ppid", "create_time", "cpu_times"]
_KINDS = (
    ("--type=gpu-process", "GPU process"),
    ("--type=renderer", "page"),
    ("--type=", "other browser"),
    ("--aivj-session=", "other browser"),
    ("playwright", "Playwright"),
    ("convert.mjs", "converter"),
    ("ray::", "worker"),
    ("ray", "Ray"),
)
"""What a command line holds, first match, and what such a process is called."""


@dataclass
class _Used:
    kind: str = "other"
    seconds: float = 0.0


class CpuMeter:
    """Looks at the family every so often, and remembers what each process had used.

    A process that was seen once stays in the family, also when its parent dies. What one uses
    between the last look and its death is lost.

    Args:
        interval_s: Seconds between two looks.
    """

    def __init__(self, interval_s: float = 0.5) -> None:
        self._interval_s = interval_s
        self._used: dict[tuple[int, float], _Used] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def read(self) -> dict[str, float]:
        """Returns the CPU seconds of the family so far, by kind of process."""
        total: dict[str, float] = defaultdict(float)
        with self._lock:
            self._look()
            for used in self._used.values():
                total[used.kind] += used.seconds
        return dict(total)

    def read_all(self) -> float:
        """Returns the CPU seconds of the family so far."""
        return sum(self.read().values())

    def _watch(self) -> None:
        while not self._stop.wait(self._interval_s):
            with self._lock:
                self._look()

    def _look(self) -> None:
        found = list(psutil.process_iter(_FIELDS))
        alive = [process for process in found if None not in process.info.values()]
        family = {os.getpid()}
        # A parent is older than its children.
        for process in sorted(
            alive, key=lambda process: (process.info["create_time"], process.pid)
        ):
            info = process.info
            key = (process.pid, info["create_time"])
            if process.pid in family or info["ppid"] in family or key in self._used:
                family.add(process.pid)
                used = self._used.setdefault(key, _Used())
                used.seconds = _seconds(info["cpu_times"])
                # Each time: a process is its parent's copy at first, and names itself later.
                used.kind = _kind(process) or used.kind


def _kind(process: psutil.Process) -> str | None:
    """Returns what a process is called; None if it no longer tells."""
    if process.pid == os.getpid():
        return "driver"
    command = ""
    with contextlib.suppress(psutil.Error):
        command = " ".join(process.cmdline())
    known = next((kind for mark, kind in _KINDS if mark in command), "other")
    return known if command else None


def _seconds(times: Any) -> float:
    return float(times.user + times.system)
