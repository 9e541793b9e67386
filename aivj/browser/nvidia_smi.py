"""What `nvidia-smi` says: run as a program, its answers read."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from aivj.errors import MissingDependencyError

_PROGRAM = "nvidia-smi"
_LIST_QUERY = ("--query-gpu=index,uuid,pci.bus_id,name", "--format=csv,noheader")
_MEMORY_QUERY = ("--query-gpu=pci.bus_id,memory.used", "--format=csv,noheader,nounits")
_CLIENT_QUERY = ("-q", "-d", "PIDS")
_TIMEOUT_S = 20.0
_NO_DEVICES_FOUND = 6  # its exit code where there is a driver and no GPU

_NUMBER = re.compile(r"[0-9]{1,9}")
_BUS_ID = re.compile(r"([0-9a-f]{4,8}):([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])", re.IGNORECASE)


@dataclass(frozen=True)
class ListedGpu:
    """One line of the list of GPUs.

    Attributes:
        index: Its place in the list; may change with a reboot.
        uuid: Its name for life.
        bus_id: Its PCI address as the kernel writes it, for example `0000:01:00.0`.
        name: Its model, for example `NVIDIA GeForce RTX 4090`.
    """

    index: int
    uuid: str
    bus_id: str
    name: str


@dataclass(frozen=True)
class GpuClient:
    """A process that holds something on a GPU.

    Attributes:
        bus_id: PCI address of the GPU, as in `ListedGpu`.
        pid: Its process id; of the driver's pid namespace, which may not be ours.
        program: File name of its executable.
    """

    bus_id: str
    pid: int
    program: str


def is_installed() -> bool:
    """Whether there is a `nvidia-smi` on PATH."""
    return shutil.which(_PROGRAM) is not None


@contextlib.contextmanager
def sole_use() -> Iterator[bool]:
    """Yields whether nobody else is between this call's beginning and end, without waiting.

    The lock is on the program's own file, which all containers of a machine may share. Raises as
    `listed_gpus`.
    """
    try:
        handle = os.open(_command(), os.O_RDONLY)
    except OSError as error:
        raise _does_not_work(str(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)


def listed_gpus() -> tuple[ListedGpu, ...]:
    """Returns all GPUs that this machine, or container, has.

    Raises:
        MissingDependencyError: `nvidia-smi` is missing, fails, or answers something else.
    """
    return parse_gpus(_ask(_LIST_QUERY))


def used_memory_mib() -> dict[str, int]:
    """Returns how much memory of each GPU is taken, in MiB by bus id. Raises as `listed_gpus`."""
    return parse_used_memory(_ask(_MEMORY_QUERY))


def gpu_clients() -> tuple[GpuClient, ...]:
    """Returns the processes on all GPUs, as far as they are told. Raises as `listed_gpus`."""
    return parse_clients(_ask(_CLIENT_QUERY))


def parse_gpus(text: str) -> tuple[ListedGpu, ...]:
    """Reads lines of `index, uuid, pci.bus_id, name`.

    Raises:
        MissingDependencyError: A line is not of that form.
    """
    gpus = []
    for line in filter(str.strip, text.splitlines()):
        cells = [cell.strip() for cell in line.split(",", 3)]
        if len(cells) != 4 or not all(cells) or not _NUMBER.fullmatch(cells[0]):  # noqa: PLR2004
            raise _not_understood("index, uuid, pci.bus_id, name", line)
        gpus.append(ListedGpu(int(cells[0]), cells[1], kernel_bus_id(cells[2]), cells[3]))
    return tuple(gpus)


def parse_used_memory(text: str) -> dict[str, int]:
    """Reads lines of `pci.bus_id, memory.used`. Raises as `parse_gpus`."""
    used = {}
    for line in filter(str.strip, text.splitlines()):
        bus_id, _, mib = (cell.strip() for cell in line.partition(","))
        if not _NUMBER.fullmatch(mib):
            raise _not_understood("pci.bus_id, memory.used in MiB", line)
        used[kernel_bus_id(bus_id)] = int(mib)
    return used


def parse_clients(text: str) -> tuple[GpuClient, ...]:
    """Reads the report of `nvidia-smi -q -d PIDS`. Raises as `parse_gpus`.

    A process whose id or name is withheld, as it is for those of other containers, is left out.
    """
    return tuple(_clients(text))


def _clients(text: str) -> Iterator[GpuClient]:
    bus_id, pid = "", ""
    for line in text.splitlines():
        key, _, value = (part.strip() for part in line.partition(" : "))
        if line.startswith("GPU "):
            bus_id, pid = kernel_bus_id(line.removeprefix("GPU ").strip()), ""
        elif key == "Process ID":
            pid = value
        elif key == "Name" and bus_id and _NUMBER.fullmatch(pid):
            # Chromium writes its arguments into what others read as its name.
            yield GpuClient(bus_id, int(pid), PurePosixPath(value.partition(" ")[0]).name)


def kernel_bus_id(text: str) -> str:
    """Turns `00000000:0A:00.0`, as NVIDIA writes it, into `0000:0a:00.0`.

    Raises:
        MissingDependencyError: It is no PCI address.
    """
    match = _BUS_ID.fullmatch(text)
    if match is None:
        raise _not_understood("a PCI address", text)
    return f"{int(match[1], 16):04x}:{match[2].lower()}"


def _ask(query: Sequence[str]) -> str:
    command = [_command(), *query]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired) as error:
        raise _does_not_work(str(error)) from error
    if done.returncode == _NO_DEVICES_FOUND:
        return ""
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise _does_not_work(said[0] if said else f"exit code {done.returncode}")
    return done.stdout


def _command() -> str:
    return shutil.which(_PROGRAM) or _PROGRAM


def _does_not_work(found: str) -> MissingDependencyError:
    return MissingDependencyError(
        "an nvidia-smi that answers", found, "mend the NVIDIA driver, or say --gpu software"
    )


def _not_understood(expected: str, found: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"{expected} from nvidia-smi", repr(found), "run nvidia-smi by hand and compare"
    )
