"""The NVIDIA GPUs of this machine, and which browser gets which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aivj.browser.nvidia_smi import is_installed, listed_gpus

# The kernel module's own pages, the same in every container.
_DRIVER_GPUS = Path("/proc/driver/nvidia/gpus")
_turns = count()


@dataclass(frozen=True)
class GpuPin:
    """One GPU that a browser can be pinned to, on the machine that has it.

    Attributes:
        index: Its place in `nvidia-smi`'s list; may change with a reboot.
        uuid: Its name for life.
        bus_id: Its PCI address as the kernel writes it, for example `0000:01:00.0`.
        name: Its model, for example `NVIDIA GeForce RTX 4090`.
        minor: The N of its `/dev/nvidiaN`; None if the driver does not tell.
    """

    index: int
    uuid: str
    bus_id: str
    name: str
    minor: int | None

    def __str__(self) -> str:
        return f"GPU {self.index} ({self.name}, {self.bus_id})"


def visible_gpus() -> tuple[GpuPin, ...]:
    """Lists the GPUs of this machine, or container; none where there is no `nvidia-smi`.

    Raises:
        MissingDependencyError: `nvidia-smi` is there and does not work.
    """
    if not is_installed():
        return ()
    return tuple(
        GpuPin(gpu.index, gpu.uuid, gpu.bus_id, gpu.name, _device_minor(gpu.bus_id))
        for gpu in listed_gpus()
    )


def own_gpu(gpus: Sequence[GpuPin], environment: Mapping[str, str]) -> GpuPin | None:
    """Returns the GPU for the next browser of this process; None if there is nothing to choose.

    With several GPUs it is the one that `CUDA_VISIBLE_DEVICES` names, as Ray sets it for an actor
    that asked for a GPU or for a share of one, and otherwise each in turn.

    Args:
        gpus: What `visible_gpus` says on the machine where the browser starts.
        environment: That of this process.
    """
    if len(gpus) <= 1:
        return None
    named = environment.get("CUDA_VISIBLE_DEVICES", "")
    assigned = [gpu for gpu in gpus if named in {str(gpu.index), gpu.uuid}]
    return assigned[0] if assigned else gpus[next(_turns) % len(gpus)]


def _device_minor(bus_id: str) -> int | None:
    try:
        text = (_DRIVER_GPUS / bus_id / "information").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    parts = (line.partition(":") for line in text.splitlines())
    fields = {key.strip(): value.strip() for key, _, value in parts}
    minor = fields.get("Device Minor", "")
    return int(minor) if minor.isascii() and minor.isdecimal() else None
