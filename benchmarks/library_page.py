"""How fast the library page answers over as many presets as a large library has.

Presets are made, not read; what is timed is a page of 48 with its choices, as bytes.
"""

import argparse
import random
import statistics
import tempfile
import time

from aivj.contracts.json_text import row_bytes
from aivj.contracts.library_page import PresetQuality
from aivj.monitor.library_index import ENERGIES, KnownPreset, LibraryIndex, LibraryQuery
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import Library
from benchmarks.goals import Goal, print_goals
from benchmarks.screen import console

_NUM_LOOKS = 5
_GOAL_MS = 200
_QUERIES = {
    "everything": LibraryQuery(),
    "two words": LibraryQuery(text="author 7"),
    "style and quality": LibraryQuery(style="c07", quality="crash-safe"),
    "fault": LibraryQuery(failure="too-dark"),
}


def main() -> None:
    """Makes the library, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=int, default=136_109)
    num = parser.parse_args().presets
    draw = random.Random(0)  # noqa: S311 - a made library
    presets = [_made(number, draw) for number in range(num)]
    start = time.process_time()
    index = LibraryIndex(presets, {})
    console.print(f"index of {num}: {time.process_time() - start:.2f} CPU s")
    goals = []
    with tempfile.TemporaryDirectory(prefix="aivj-library-") as folder:
        shelf = LibraryShelf(lambda: Library(index, "made"))
        routes = LibraryRoutes(shelf, LibraryPictures(folder))
        for name, query in _QUERIES.items():
            each_ms = []
            for _ in range(_NUM_LOOKS):
                start = time.process_time()
                row_bytes(routes.page(query, 1))
                each_ms.append(1000 * (time.process_time() - start))
            median_ms = statistics.median(each_ms)
            console.print(f"{name}: {median_ms:.0f} CPU ms an answer")
            goals.append(Goal(f"{name}, worst CPU ms", max(each_ms), _GOAL_MS, False, ".0f"))
    print_goals(goals)


def _made(number: int, draw: random.Random) -> KnownPreset:
    path = f"folder {number % 97}/Author {draw.randrange(900)} - Title {number}.milk"
    fault = draw.choice([(), ("too-dark",), ("too-dark", "low-motion"), ("wasm-abort",)])
    quality: PresetQuality = (
        "ok" if not fault else "failed" if fault == ("wasm-abort",) else "crash-safe"
    )
    energy = draw.choice(ENERGIES)
    style = f"c{draw.randrange(64):02d}"
    return KnownPreset(path, f"{number:064x}", style, energy, quality, fault, 0.1, 0.01)


if __name__ == "__main__":
    main()
