"""Where a fit runs: on CUDA, or on the CPU when that was allowed."""

import shutil
import subprocess
from dataclasses import dataclass

import torch

from aivj.errors import DeviceRefusedError

_SNAPSHOT_TIMEOUT_S = 10


@dataclass(frozen=True)
class DeviceChoice:
    """The device, and why this one, to be said aloud."""

    device: torch.device
    reason: str


def choose_device(*, allow_cpu: bool) -> DeviceChoice:
    """Chooses CUDA where there is any, else the CPU if that is allowed.

    Raises:
        DeviceRefusedError: There is no CUDA device and the CPU is not allowed.
    """
    if torch.cuda.is_available():
        return DeviceChoice(torch.device("cuda"), f"CUDA on {torch.cuda.get_device_name()}")
    if not allow_cpu:
        raise DeviceRefusedError(
            "a CUDA device to train on",
            f"none that torch {torch.__version__} can see",
            "run on a GPU node, mend its driver, or pass --allow-cpu to train slowly on the CPU "
            "(AIVJ_ALLOW_CPU=1 in the environment says it once for all commands)",
        )
    return DeviceChoice(torch.device("cpu"), "no CUDA device; the CPU was allowed")


def gpu_snapshot() -> str | None:
    """Returns what `nvidia-smi` prints, as evidence; None where it is missing or fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program], capture_output=True, text=True, timeout=_SNAPSHOT_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
