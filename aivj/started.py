"""What AIVJ started and made for a while, on record while it is wanted, so that it can be found.

A process is its id and the tick at which the kernel started it: an id alone may be anybody's by the
time somebody looks. Records lie in a folder of this user for temporary files; each names a process,
or a folder of temporary files, who wanted it, and the boot of the machine. Whoever is killed leaves
its records behind.
"""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LOOK_EVERY_S = 0.05
_PREFIX = "aivj-"


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


@dataclass(frozen=True)
class LostFolder:
    """A folder of temporary files whose owner is gone.

    Attributes:
        path: Where it is.
        record: What says so.
    """

    path: Path
    record: Path

    def remove(self) -> bool:
        """Removes it, as far as that can be; returns whether it is gone."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.path.exists():
            return False
        self.record.unlink(missing_ok=True)
        return True


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
    for path in sorted(_folder().glob("[0-9]*.json")):
        started = _read(path)
        if started is None or started.boot != boot or not started.process.is_alive:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        elif not started.owner.is_alive:
            found.append(started)
    return found


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Makes a folder for temporary files of this process, on record, and removes it at the end.

    Raises:
        OSError: It cannot be made.
    """
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    record = _folder() / f"{path.name}.json"
    owner = Process.of(os.getpid())
    if owner is not None:
        told = {"folder": str(path), "owner": asdict(owner), "boot": _boot()}
        _write_record(record, told)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            record.unlink(missing_ok=True)


def lost_folders() -> list[LostFolder]:
    """Returns the folders of temporary files that still are and whose owner is not."""
    found = []
    for record in sorted(_folder().glob(f"{_PREFIX}*.json")):
        path, is_wanted = _read_folder(record)
        if path is None or not path.is_dir():
            with contextlib.suppress(OSError):
                record.unlink(missing_ok=True)
        elif not is_wanted:
            found.append(LostFolder(path, record))
    return found


def _folder() -> Path:
    """Returns where records lie: beside the folders that processes have for temporary files."""
    place = Path(tempfile.gettempdir())
    while place.name.startswith(_PREFIX):
        place = place.parent
    return place / f"{_PREFIX}started-{os.getuid()}"


def _write(kind: str, pid: int) -> Path | None:
    process, owner = Process.of(pid), Process.of(os.getpid())
    if process is None or owner is None:
        return None
    path = _folder() / f"{process.pid}-{process.ticks}.json"
    started = Started(kind, process, owner, _boot(), _command(pid))
    return path if _write_record(path, asdict(started)) else None


def _write_record(path: Path, told: Mapping[str, object]) -> bool:
    """Writes a record; returns whether it could."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(path.parent):
            return False
        path.write_text(json.dumps(told), encoding="utf-8")
    except OSError:
        return False
    return True


def _read_folder(record: Path) -> tuple[Path | None, bool]:
    """Returns the folder that a record is of, and whether its owner runs; None of none of ours."""
    try:
        if not _is_ours(record.parent) or not _is_ours(record):
            return None, False
        told = json.loads(record.read_text(encoding="utf-8"))
        path = Path(told["folder"])
        owner = Process(int(told["owner"]["pid"]), int(told["owner"]["ticks"]))
        # Whatever a record says: one beside it, of its name, that this user made.
        is_ours = path == record.parent.parent / record.stem and _is_ours(path)
        return path if is_ours else None, told["boot"] == _boot() and owner.is_alive
    except (OSError, ValueError, KeyError, TypeError):
        return None, False


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
