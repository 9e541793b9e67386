"""How long the features of a whole library take: read, parsed, hashed, described, on all cores.

The library is a folder's presets over and over, each copy made another preset: other numbers,
lines of its equations in another order, and names of its own that no other copy uses, so that
nothing is remembered from the copy before, and spaces of terms are as wide as a library's. Files
are written first;
what is measured is a feature store in memory that has seen none of them. Other work on the
machine shows in the yardstick, a fixed loop in Python: compare times by their ratio to it.
"""

import argparse
import itertools
import random
import re
import resource
import threading
import time
from collections import Counter
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
_USUAL_SHARE = 0.02
_NAME = re.compile(rb"[A-Za-z_]\w*")
_DECIMAL = re.compile(rb"(?<![\w.])\d+\.\d+(?!\w)")
_EQUATIONS = (b"per_frame_", b"per_pixel_")
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


def usual_names(originals: list[bytes]) -> set[bytes]:
    """Returns the names that more than one in fifty presets use: MilkDrop's own, mostly."""
    num_of = Counter(name for data in originals for name in set(_NAME.findall(data)))
    return {name for name, num in num_of.items() if num > _USUAL_SHARE * len(originals)}


def varied(data: bytes, number: int, usual: set[bytes]) -> bytes:
    """Returns another preset of the same kind: as long, with the same functions and blocks.

    Args:
        data: A preset.
        number: Of the copy; the same number gives the same copy.
        usual: Names that stay.
    """
    rng = random.Random(number)  # noqa: S311 - nothing is kept secret by it
    factor = 0.5 + rng.random()
    own = f"_{number}".encode()

    def renamed(match: re.Match[bytes]) -> bytes:
        return match[0] if match[0] in usual else match[0] + own

    lines = _DECIMAL.sub(lambda match: f"{factor * float(match[0]):.4f}".encode(), data).split(
        b"\n"
    )
    for kind in _EQUATIONS:
        places = [place for place, line in enumerate(lines) if line.startswith(kind)]
        halves = [lines[place].partition(b"=") for place in places]
        bodies = [_NAME.sub(renamed, body) for _, _, body in halves]
        rng.shuffle(bodies)
        for place, (key, _, _), body in zip(places, halves, bodies, strict=True):
            lines[place] = key + b"=" + body
    # A preset without equations or decimals would be the same in every copy.
    return b"\n".join(lines) + f"\nper_frame_99999=own{own.decode()} = bass;\n".encode()


def write_library(folder: Path, originals: list[bytes], num_presets: int) -> list[Path]:
    """Writes distinct presets and returns their paths."""
    paths = []
    usual = usual_names(originals)
    with bar("writing") as progress:
        for number, data in zip(range(num_presets), itertools.cycle(originals), strict=False):
            path = folder / str(number // _FILES_PER_FOLDER) / f"{number}.milk"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(varied(data, number, usual))
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
