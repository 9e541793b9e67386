"""How long the features of a whole library take: read, parsed, hashed, described, on all cores.

The library is a folder's presets over and over, each copy made another preset: a value and an
equation of its own, so that nothing is remembered from the copy before. Files are written first;
what is measured is a feature store in memory that has seen none of them. Other work on the
machine shows in the yardstick, a fixed loop in Python: compare times by their ratio to it.
"""

import argparse
import itertools
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import psutil

from aivj.cli.console import bar
from aivj.packs.feature_store import FeatureStore
from aivj.packs.scan import scan_presets
from benchmarks.goals import Goal, print_goals
from benchmarks.screen import console

_LIBRARY_SIZE = 136_109
_SAMPLE_SIZE = 20_000
_FILES_PER_FOLDER = 1_000
_YARDSTICK_ROUNDS = 5_000_000
_LOOK_EVERY_S = 0.2
_MB = 1e6


@dataclass(frozen=True)
class Cost:
    """What the features of a library took.

    Attributes:
        num_presets: Distinct presets described.
        wall_s: From the first look at a file to the table.
        cpu_s: CPU seconds of all processes.
        peak_mb: Most memory that all processes held together.
    """

    num_presets: int
    wall_s: float
    cpu_s: float
    peak_mb: float


class MemoryWatch:
    """Looks at the memory of this process and those below it, again and again.

    Attributes:
        peak_mb: The most that was seen, resident memory added up.
    """

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._stop.wait(_LOOK_EVERY_S):
            held = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    held += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak_mb = max(self.peak_mb, held / _MB)


def write_library(folder: Path, originals: list[bytes], num_presets: int) -> list[Path]:
    """Writes distinct presets and returns their paths."""
    paths = []
    with bar("writing") as progress:
        for number, data in zip(range(num_presets), itertools.cycle(originals), strict=False):
            path = folder / str(number // _FILES_PER_FOLDER) / f"{number}.milk"
            path.parent.mkdir(exist_ok=True)
            own = (
                f"\nzoom={1 + number / 1e6:.6f}\nper_frame_99999=own_{number} = {number}.5*bass;\n"
            )
            path.write_bytes(data + own.encode())
            paths.append(path)
            progress.update(number + 1, num_presets)
    return paths


def measure(paths: list[Path]) -> Cost:
    """Extracts the features of all files."""
    before_s, start_s = _cpu_s(), time.perf_counter()
    with MemoryWatch() as memory, bar("extracting") as progress:
        features = FeatureStore(None).features_of(paths, progress.update)
    wall_s, cpu_s = time.perf_counter() - start_s, _cpu_s() - before_s
    return Cost(len(features.table.hashes), wall_s, cpu_s, memory.peak_mb)


def yardstick_ms() -> float:
    """Returns the CPU milliseconds of a fixed loop."""
    start_s, total = time.process_time(), 0
    for number in range(_YARDSTICK_ROUNDS):
        total += number
    return 1000 * (time.process_time() - start_s)


def print_cost(cost: Cost, before_ms: float, after_ms: float) -> None:
    """Prints what was measured, what it means for a library, and what was wanted."""
    presets_per_s = cost.num_presets / cost.wall_s
    cpu_ms = 1000 * cost.cpu_s / cost.num_presets
    console.print(
        f"{cost.num_presets} distinct presets in {cost.wall_s:.1f} s: {presets_per_s:.0f} a second,"
        f" {cpu_ms:.2f} CPU ms each; yardstick {before_ms:.0f} ms before, {after_ms:.0f} ms after"
    )
    print_goals(
        [
            Goal(
                f"{_LIBRARY_SIZE} presets, seconds",
                _LIBRARY_SIZE / presets_per_s,
                120,
                is_floor=False,
                form=".0f",
            ),
            Goal("CPU ms a preset", cpu_ms, 1.3, is_floor=False),
            Goal("peak memory, MB", cost.peak_mb, 2_000, is_floor=False, form=".0f"),
        ]
    )


def main() -> None:
    """Writes the library, extracts its features, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=Path("/usr/share/projectM/presets"))
    parser.add_argument("--sample", type=int, default=_SAMPLE_SIZE, help="how many presets")
    parser.add_argument("--all", action="store_true", help=f"all {_LIBRARY_SIZE} instead")
    options = parser.parse_args()
    num_presets = _LIBRARY_SIZE if options.all else options.sample
    originals = [preset.path.read_bytes() for preset in scan_presets(options.presets)]
    with TemporaryDirectory() as folder:
        paths = write_library(Path(folder), originals, num_presets)
        before_ms = yardstick_ms()
        cost = measure(paths)
        after_ms = yardstick_ms()
    console.print(f"from {len(originals)} presets of {options.presets}")
    print_cost(cost, before_ms, after_ms)


def _cpu_s() -> float:
    """Returns the CPU seconds of this process and of those that it has seen end."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    main()
