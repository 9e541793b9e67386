"""What `nvidia-smi` says of this machine's GPUs, asked at most every seven seconds."""

import subprocess
import time
from collections.abc import Callable

from aivj.contracts.monitor_status import GpuFigures, NvidiaSmi
from aivj.monitor.documents import iso_of

_PROGRAM = "nvidia-smi"
_FIELDS = (
    "name,utilization.gpu,utilization.memory,memory.used,memory.total,temperature.gpu,power.draw,"
    "clocks.gr,clocks.mem"
)
_QUERY = (_PROGRAM, f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits")
_KEPT_S = 7.0
_TIMEOUT_S = 5.0
_MAX_CHARS = 4000
_MAX_FIGURE = 1e12


class GpuWatch:
    """Asks `nvidia-smi`, and remembers its answer for a while.

    Args:
        now_s: Seconds since 1970.
    """

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._answer: tuple[float, NvidiaSmi] | None = None

    def look(self) -> NvidiaSmi:
        """Returns what it said last."""
        now_s = self._now_s()
        if self._answer is None or not 0 <= now_s - self._answer[0] < _KEPT_S:
            self._answer = (now_s, _asked(iso_of(now_s)))
        return self._answer[1]


def _asked(at: str) -> NvidiaSmi:
    code, stdout, stderr = _run(_QUERY)
    gpus = [_figures(line) for line in stdout.splitlines() if line.count(",") == _FIELDS.count(",")]
    if code == 0 and gpus:
        return NvidiaSmi(ok=True, kind="query", at=at, gpus=gpus)
    if code is not None:
        code, stdout, stderr = _run((_PROGRAM,))
    told = {"stdout": stdout[:_MAX_CHARS], "stderr": stderr[:_MAX_CHARS]}
    return NvidiaSmi(ok=code == 0, kind="plain", at=at, **told)


def _run(command: tuple[str, ...]) -> tuple[int | None, str, str]:
    """Returns a command's exit code, None if it did not run, and what it said."""
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL
        )
    except OSError:
        return None, "", ""
    except subprocess.TimeoutExpired:
        return None, "", f"{_PROGRAM} said nothing for {_TIMEOUT_S:g} s"
    return (
        done.returncode,
        done.stdout.decode(errors="replace"),
        done.stderr.decode(errors="replace"),
    )


def _figures(line: str) -> GpuFigures:
    name, *values = (value.strip() for value in line.split(","))
    busy, memory_busy, used, total, temperature, power, clock, memory_clock = map(_number, values)
    return GpuFigures(
        name=name,
        util_gpu_pct=busy,
        util_mem_pct=memory_busy,
        mem_used_mb=used,
        mem_total_mb=total,
        temp_c=temperature,
        power_w=power,
        clock_gr_m_hz=clock,
        clock_mem_m_hz=memory_clock,
    )


def _number(text: str) -> float | None:
    """Reads a figure; `[N/A]` and the like are none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < _MAX_FIGURE else None
