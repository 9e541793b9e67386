"""A machine with NVIDIA GPUs, as far as programs can tell: `nvidia-smi` and the driver's pages.

Run as a program this is that `nvidia-smi`. Its driver puts a browser's GPU process where the
browser's application profile says, and on the first GPU without one, as the real one does.
"""

import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
from processes import descendants

from aivj.browser import gpus

_MODEL = "NVIDIA GeForce RTX 4090"
_PROFILE = Path(".nv", "nvidia-application-profiles-rc")


@dataclasses.dataclass
class FakeGpus:
    """What is there, and how it behaves.

    Attributes:
        minors: The device minor of each GPU.
        owner_pid: Browsers below this process draw on the GPUs.
        obeys: Whether the driver heeds application profiles.
        tells: Whether processes are listed, which they are not in a container.
    """

    minors: tuple[int, ...]
    owner_pid: int = dataclasses.field(default_factory=os.getpid)
    obeys: bool = True
    tells: bool = True

    def install(self, folder: Path, monkeypatch) -> None:
        (folder / "config.json").write_text(json.dumps(dataclasses.asdict(self)))
        command = f'exec {sys.executable} {__file__} {folder}/config.json "$@"'
        install_program(folder / "bin", command, monkeypatch)
        monkeypatch.setattr(gpus, "_DRIVER_GPUS", folder / "proc")
        for index, minor in enumerate(self.minors):
            pages = folder / "proc" / f"0000:{index + 10:02x}:00.0"
            pages.mkdir(parents=True)
            text = f"Model: \t\t {_MODEL}\nGPU UUID: \t GPU-{index}\nDevice Minor: \t {minor}\n"
            (pages / "information").write_text(text)


def install_program(folder: Path, command: str, monkeypatch) -> None:
    """Puts a `nvidia-smi` of one shell command in front of PATH."""
    folder.mkdir()
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{command}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def _bus_id(index: int) -> str:
    return f"00000000:{index + 10:02X}:00.0"


class _GpuProcess(NamedTuple):
    """A browser's process that draws: the place of its GPU, and what the driver knows of it."""

    gpu: int
    pid: int
    command: str
    resident_bytes: int


def _gpu_processes(config: FakeGpus) -> list[_GpuProcess]:
    found = []
    for process, command in descendants(config.owner_pid):
        with contextlib.suppress(psutil.Error):
            if "--type=gpu-process" in command.split():
                at, memory = _index_of(process, config), process.memory_info()
                found.append(_GpuProcess(at, process.pid, command, memory.rss))
    return found


def _index_of(process: psutil.Process, config: FakeGpus) -> int:
    browser = next(p for p in process.parents() if "--type=" not in " ".join(p.cmdline()))
    profile = Path(browser.environ()["HOME"], _PROFILE)
    if not config.obeys or not profile.is_file():
        return 0
    ((key, mask),) = [p["settings"] for p in json.loads(profile.read_text())["profiles"]]
    assert key == "EGLVisibleDGPUDevices"
    return next(index for index, minor in enumerate(config.minors) if mask == 1 << minor)


def _list(config: FakeGpus) -> Iterator[str]:
    for index in range(len(config.minors)):
        yield f"{index}, GPU-{index}, {_bus_id(index)}, {_MODEL}"


def _memory(config: FakeGpus) -> Iterator[str]:
    processes = _gpu_processes(config)
    for index in range(len(config.minors)):
        used = sum(process.resident_bytes for process in processes if process.gpu == index)
        yield f"{_bus_id(index)}, {used // 2**20}"


def _clients(config: FakeGpus) -> Iterator[str]:
    processes = _gpu_processes(config) if config.tells else []
    yield "\n==============NVSMI LOG==============\n"
    yield f"Attached GPUs                             : {len(config.minors)}"
    for index in range(len(config.minors)):
        yield f"GPU {_bus_id(index)}"
        here = [process for process in processes if process.gpu == index]
        yield "    Processes" if here else "    Processes                             : None"
        for process in here:
            yield "        GPU instance ID                   : N/A"
            yield f"        Process ID                        : {process.pid}"
            yield "            Type                          : G"
            yield f"            Name                          : {process.command}"
            yield "            Used GPU Memory               : 100 MiB"


def main(config_file: str, query: str, *_: str) -> None:
    config = FakeGpus(**json.loads(Path(config_file).read_text()))
    answers = {"--query-gpu=index,": _list, "--query-gpu=pci.bus_id,mem": _memory, "-q": _clients}
    lines = next(answer for start, answer in answers.items() if query.startswith(start))
    sys.stdout.writelines(f"{line}\n" for line in lines(config))


if __name__ == "__main__":
    main(*sys.argv[1:])
