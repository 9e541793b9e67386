"""How fast the monitor answers of a run of a million rows, paints, and what it costs at rest.

A made run of rows of about 1 KB each lies in a folder of its own; `aivj monitor` is started on it
as people start it, and asked over loopback. Seconds are by the clock, CPU seconds beside them.
"""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import async_playwright
from rich.console import Console

from aivj.browser.chromium import find_chromium
from benchmarks.goals import Goal, print_goals

console = Console(highlight=False, soft_wrap=True)
_NUM_LOOKS = 20
_REST_S = 20.0
_FIGURES = 48


def main() -> None:
    """Makes the run, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    num_rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="aivj-monitor-") as folder:
        run = Path(folder) / "runs" / "large"
        size = write_run(run, num_rows)
        console.print(f"{num_rows} rows, {size / 1e6:.0f} MB")
        with served(Path(folder)) as (origin, process):
            print_goals([*measure(origin, process, run), asyncio.run(paint(origin))])


def write_run(folder: Path, num_rows: int) -> int:
    """Writes a run; returns the size of its rows in bytes."""
    folder.mkdir(parents=True)
    pack = {"pack": "large", "manifestPath": "m", "pairCount": num_rows}
    pack |= {"uniquePairIds": num_rows, "targetUniquePairs": num_rows}
    (folder / "meta.json").write_text(
        json.dumps(
            {"kind": "coupled_eval.v0", "startedAt": "2026-03-01T01:00:00Z", "packs": [pack]}
        )
    )
    draw = random.Random(0)  # noqa: S311 - figures of a made run
    path = folder / "eval.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(num_rows):
            file.write(_line(number, draw))
    return path.stat().st_size


def _line(number: int, draw: random.Random) -> str:
    row: dict[str, Any] = {"tMs": 1772326800000 + 40 * number, "pack": "large", "pair": number}
    is_dark = draw.random() < 0.4  # noqa: PLR2004 - as in the packs that were seen
    row |= {"vizAvgLuma": draw.random() * 0.5, "vizAvgFrameDelta": 10 ** (-5 * draw.random())}
    row |= {"audioRms": 0.08, "audioPeak": 0.6, "okHeuristic": not is_dark}
    row |= {"reasons": ["too-dark"] if is_dark else [], "audioResponse": draw.random()}
    row |= {f"figure{each}": 0.123456789 for each in range(_FIGURES - 16)}
    return f"{json.dumps(row, separators=(',', ':'))}\n"


@contextmanager
def served(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Runs the monitor for the block; yields its origin and its process."""
    command = [sys.executable, "-m", "aivj.cli", "--home", str(home), "monitor", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        try:
            yield child.stdout.readline().strip().rstrip("/"), psutil.Process(child.pid)
        finally:
            child.terminate()


def measure(origin: str, process: psutil.Process, run: Path) -> list[Goal]:
    """Asks, prints what it took, and returns what it was to take at most."""
    goals = []
    first_s, status = timed(f"{origin}/api/status")
    console.print(f"first answer {first_s:.2f} s: {status['eval']['derivedError']}")
    goals.append(Goal("first answer, s", first_s, 2.0, is_floor=False))
    started_s, cpu_s = time.monotonic(), cpu_of(process)
    while status["eval"]["derived"] is None:
        _, status = timed(f"{origin}/api/status")
    read_s = time.monotonic() - started_s + first_s
    visited = status["eval"]["derived"]["byPack"]["large"]["visitedUnique"]
    told = f"{read_s:.1f} s, {cpu_of(process) - cpu_s:.1f} CPU s"
    console.print(f"all read after {told}: {visited} pairs")
    for path in ("/api/status", "/api/state"):
        looks = []
        for number in range(_NUM_LOOKS):
            with (run / "eval.jsonl").open("a", encoding="utf-8") as rows:
                rows.write(_line(number, random.Random(number)))  # noqa: S311
            looks.append(timed(f"{origin}{path}")[0])
        median_ms, worst_ms = 1e3 * statistics.median(looks), 1e3 * max(looks)
        console.print(f"{path} with a row more: median {median_ms:.1f} ms, worst {worst_ms:.1f} ms")
        goals.append(Goal(f"{path}, ms", median_ms, 50.0, is_floor=False, form=".1f"))
    memory = process.memory_info().rss / 1e6
    console.print(f"memory {memory:.0f} MB")
    goals.append(Goal("memory, MB", memory, 100.0, is_floor=False, form=".0f"))
    with urllib.request.urlopen(  # noqa: S310 - our own server
        f"{origin}/api/events", timeout=60
    ) as events:
        events.readline()
        before_s = cpu_of(process)
        time.sleep(_REST_S)
        share = (cpu_of(process) - before_s) / _REST_S
    console.print(f"at rest, one page open: {share:.1%} of a core")
    return [*goals, Goal("at rest, share of a core", share, 0.05, is_floor=False, form=".3f")]


async def paint(origin: str) -> Goal:
    """Opens the page in a browser, prints when it was painted first and when it was filled."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(find_chromium()), args=["--no-sandbox"]
        )
        page = await browser.new_page()
        await page.goto(f"{origin}/")
        await page.wait_for_selector("#wall li .verdict", state="attached")
        filled_ms = await page.evaluate("performance.now()")
        painted_ms = await page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        await browser.close()
    console.print(f"page: painted after {painted_ms:.0f} ms, filled after {filled_ms:.0f} ms")
    return Goal("page painted, ms", painted_ms, 1000.0, is_floor=False, form=".0f")


def timed(url: str) -> tuple[float, dict[str, Any]]:
    """Returns the seconds that an answer took, and what it was."""
    started_s = time.monotonic()
    with urllib.request.urlopen(url, timeout=120) as response:  # noqa: S310 - our own server
        told: dict[str, Any] = json.load(response)
    return time.monotonic() - started_s, told


def cpu_of(process: psutil.Process) -> float:
    """Returns CPU seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
