"""Which processes AIVJ started, on record while they are wanted, so that lost ones can be found.

A process is its id and the tick at which the kernel started it: an id alone may be anybody's by the
time somebody looks. Records lie in a folder of this user for temporary files; each names the
process, who wanted it and the boot of the machine. Whoever is killed leaves its records behind.
"""

import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class Process:
    """A process, told apart from any other that had its id or will have it.

    Attributes:
        pid: Its id.
        ticks: When it was started, in the kernel's ticks since boot.
    """

    pid: int
    ticks: int

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """Returns the process that has an id now; None if none has, or it has ended."""
        ticks = _start_ticks(pid)
        return None if ticks is None else cls(pid, ticks)

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return _start_ticks(self.pid) == self.ticks

    def end(self, timeout_s: float = 5.0) -> bool:
        """Asks it to end, and kills it if it does not in time; returns whether it is gone."""
        try:
            handle = os.pidfd_open(self.pid)
        except OSError:
            return not self.is_alive
        try:
            # The handle is of whoever has the id now: looked at after it was taken.
            for number in (signal.SIGTERM, signal.SIGKILL):
                if not self.is_alive:
                    return True
                with contextlib.suppress(OSError):
                    signal.pidfd_send_signal(handle, number)
                deadline_s = time.monotonic() + timeout_s
                while self.is_alive and time.monotonic() < deadline_s:
                    time.sleep(_LOOK_EVERY_S)
        finally:
            os.close(handle)
        return not self.is_alive


@dataclass(frozen=True)
class Started:
    """A process on record.

    Attributes:
        kind: What it is: browser, display, server, ray.
        process: Which.
        owner: Who started it.
        boot: The boot of the machine in which that was.
        command: What it was called by, in short.
    """

    kind: str
    process: Process
    owner: Process
    boot: str
    command: str


@contextlib.contextmanager
def on_record(kind: str, *pids: int) -> Iterator[None]:
    """Keeps processes on record for the block; where none can be kept, it goes on without.

    Args:
        kind: What they are.
        pids: Their ids; a negative one is a process group's, which is named after its leader.
    """
    kept = [path for pid in pids if (path := _write(kind, abs(pid))) is not None]
    try:
        yield
    finally:
        for path in kept:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def lost() -> list[Started]:
    """Returns the processes that still run and whose owner does not; drops records of others."""
    found = []
    boot = _boot()
    for path in sorted(_folder().glob("*.json")):
        started = _read(path)
        if started is None or started.boot != boot or not started.process.is_alive:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        elif not started.owner.is_alive:
            found.append(started)
    return found


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"aivj-started-{os.getuid()}"


def _write(kind: str, pid: int) -> Path | None:
    process, owner = Process.of(pid), Process.of(os.getpid())
    if process is None or owner is None:
        return None
    folder = _folder()
    path = folder / f"{process.pid}-{process.ticks}.json"
    started = Started(kind, process, owner, _boot(), _command(pid))
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(folder):
            return None
        path.write_text(json.dumps(asdict(started)), encoding="utf-8")
    except OSError:
        return None
    return path


def _read(path: Path) -> Started | None:
    """Returns a record; None of what we did not write, or not whole."""
    try:
        if not _is_ours(path.parent) or not _is_ours(path):
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        process, owner = (
            Process(int(each["pid"]), int(each["ticks"]))
            for each in (told["process"], told["owner"])
        )
        return Started(str(told["kind"]), process, owner, str(told["boot"]), str(told["command"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_ours(path: Path) -> bool:
    """Whether it is this user's own, and no link to somewhere else."""
    return not path.is_symlink() and path.stat().st_uid == os.getuid()


def _start_ticks(pid: int) -> int | None:
    """Returns the tick at which a process was started; None if there is none, or it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # Its name stands in brackets and may hold anything; proc(5): state is the third field, the
    # tick the 22nd.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def _command(pid: int) -> str:
    try:
        data = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return data.replace(b"\0", b" ").decode(errors="replace").strip()[:120]


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
