"""The store of takes: bytes a preset, opening it at a library's size, reading a thousand of it.

Sizes and reading are measured on real takes, those of a store that is there; where they are fewer
than are read, they are written again under other names. Opening is measured on markers alone, of as
many presets as a library has, by a process of its own.
"""

import argparse
import io
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.table import Table

from aivj.errors import InputError
from aivj.settings import Settings
from aivj.storage import open_folder
from aivj.takes.conditions import Conditions
from aivj.takes.settings import RenderSettings
from aivj.takes.store import StorePlace, TakeStore
from aivj.takes.store.index import Entry, marker_bytes, new_shard_name
from aivj.takes.store.shard import Place
from aivj.takes.store.survey import store_folders
from aivj.takes.store.tidying import NUM_IN_LARGE, compact
from aivj.takes.take import Drawn, Take
from benchmarks.goals import Goal, print_goals
from benchmarks.screen import console

CONDITIONS = Conditions.of(
    RenderSettings(), renderer_class="benchmark", stage="", converter="", clip=b""
)
LIBRARY_SIZE = 136_109
_TAKE_BYTES = 160_000


def real_takes(uri: str | Path, num_takes: int) -> list[Take]:
    """Reads takes that were drawn.

    Raises:
        InputError: There are none.
    """
    for folder in store_folders(uri):
        if folder.conditions is None:
            continue
        store = TakeStore.open(uri, folder.conditions)
        names = [name for name in store.contents() if store.failure(name) is None]
        if names:
            return list(store.read(names[:num_takes]))
    raise InputError(f"takes in {uri}", "none", "draw some with `aivj sample`, or name --takes")


def write_copies(place: StorePlace, takes: Sequence[Take], num_takes: int) -> float:
    """Writes takes again and again under other names; returns CPU seconds a take."""
    writer, start_s = place.writer(), time.process_time()
    for number, take in enumerate(islice(cycle(takes), num_takes)):
        writer.add(replace(take, content=_name(number)))
    writer.close()
    return (time.process_time() - start_s) / num_takes


def print_formats(takes: Sequence[Take]) -> None:
    """Prints what other forms of the same takes would weigh, and what reading one would cost."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def outcome(take: Take) -> Drawn:
        assert isinstance(take.outcome, Drawn)
        return take.outcome

    drawn = [outcome(take) for take in takes]
    frames = [np.concatenate([each.cells.music, each.cells.silence]) for each in drawn]
    changes = [np.diff(each, axis=0, prepend=np.uint8(0)) for each in frames]
    forms = {
        "frame by frame": [each.tobytes() for each in frames],
        "changes, frame by frame": [each.tobytes() for each in changes],
        "changes, cell by cell": [each.transpose(3, 1, 2, 0).tobytes() for each in changes],
    }
    table = Table("cells of a take", "zstd level", "KB", "ms to compress", "ms to decompress")
    for name, texts in forms.items():
        for level in (1, 3, 9):
            codec: Any = pa.Codec("zstd", compression_level=level)
            start_s = time.process_time()
            packed = [codec.compress(text, asbytes=True) for text in texts]
            middle_s = time.process_time()
            for text, each in zip(texts, packed, strict=True):
                codec.decompress(each, len(text), asbytes=True)
            end_s = time.process_time()
            figures = (
                sum(map(len, packed)) / 1000,
                1000 * (middle_s - start_s),
                1000 * (end_s - middle_s),
            )
            table.add_row(name, f"{level}", *(f"{figure / len(takes):.2f}" for figure in figures))
    console.print(table)

    rows = pa.table({"cells": forms["changes, cell by cell"]})
    parquet, arrow = io.BytesIO(), io.BytesIO()
    pq.write_table(
        rows, parquet, row_group_size=1, compression="zstd", compression_level=3,
        use_dictionary=False, write_statistics=False,
    )  # fmt: skip
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=3))
    with pa.ipc.new_file(arrow, rows.schema, options=options) as writer:
        writer.write_table(rows, max_chunksize=1)
    table = Table("file of a row group or batch for each take", "KB a take", "ms to read one")
    for name, data, read in (
        ("Parquet", parquet, lambda n: pq.ParquetFile(parquet).read_row_group(n)),
        ("Arrow IPC", arrow, lambda n: pa.ipc.open_file(arrow).get_batch(n)),
    ):
        start_s = time.process_time()
        for number in range(len(takes)):
            data.seek(0)
            read(number)
        read_ms = 1000 * (time.process_time() - start_s) / len(takes)
        size = len(data.getvalue()) / 1000 / len(takes)
        table.add_row(name, f"{size:.2f}", f"{read_ms:.2f}")
    console.print(table)


def write_index(uri: Path, num_takes: int) -> None:
    """Writes markers as compacting leaves them, beside shards that hold nothing."""
    folder = uri / CONDITIONS.digest
    objects = open_folder(folder)
    for first in range(0, num_takes, NUM_IN_LARGE):
        numbers = range(first, min(num_takes, first + NUM_IN_LARGE))
        shard = new_shard_name()
        entries = [
            Entry(
                shard=shard,
                content=_name(number),
                written_us=number,
                place=Place(row * _TAKE_BYTES, _TAKE_BYTES, number),
                renderer="ANGLE (NVIDIA, NVIDIA H100, OpenGL ES 3.2)",
                chromium="156.0.7300.2",
                failure=None,
            )
            for row, number in enumerate(numbers)
        ]
        objects.write(*marker_bytes(entries, len(entries) * _TAKE_BYTES))
        with (folder / shard).open("wb") as file:
            file.truncate(len(entries) * _TAKE_BYTES)


def open_store(uri: Path) -> None:
    """Opens a store and prints seconds, megabytes at the peak, and takes."""
    start_s = time.perf_counter()
    store = TakeStore.open(uri, CONDITIONS)
    num_takes = len(store.contents())
    seconds = time.perf_counter() - start_s
    # What getrusage tells of a child counts what its parent held when it was made.
    peak_kb = next(
        int(line.split()[1])
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM:")
    )
    print(seconds, peak_kb / 1000, num_takes)  # noqa: T201 - read by the process that asked


def _name(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


def main() -> None:
    """Measures, and prints the figures beside what they are to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--takes", default=Settings().takes_uri, help="a store with real takes in it"
    )
    parser.add_argument("--real", type=int, default=240, help="so many of them")
    parser.add_argument("--read", type=int, default=1000)
    parser.add_argument("--library", type=int, default=LIBRARY_SIZE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_open is not None:
        open_store(options.only_open)
        return

    takes = real_takes(options.takes, options.real)
    print_formats(takes)
    with TemporaryDirectory() as folder:
        place = StorePlace.at(Path(folder) / "real", CONDITIONS)
        write_s = write_copies(place, takes, options.read)
        objects = open_folder(place.uri).folder(CONDITIONS.digest)
        compact(objects, now=datetime.now(UTC))
        size = sum(info.size for info in objects.listing().values()) / options.read
        store = place.open()
        wanted = np.random.default_rng(options.seed).permutation(store.contents()).tolist()
        start_s, cpu_s = time.perf_counter(), time.process_time()
        num_read = sum(1 for _ in store.read(wanted))
        read_s, cpu_s = time.perf_counter() - start_s, time.process_time() - cpu_s

        write_index(Path(folder) / "library", options.library)
        command = [sys.executable, "-m", "benchmarks.takes_store", "--only-open"]
        opened = subprocess.run(
            [*command, str(Path(folder) / "library")], capture_output=True, text=True, check=True
        )
    open_s, peak_mb, num_opened = map(float, opened.stdout.split())
    assert (num_read, num_opened) == (options.read, options.library)
    console.print(
        f"{len(takes)} real takes, {options.read} written and compacted: {1000 * write_s:.1f} ms "
        f"CPU to write one, {1000 * cpu_s / num_read:.1f} to read one"
    )
    print_goals(
        [
            Goal("KB a preset", size / 1000, 190, is_floor=False, form=".1f"),
            Goal(f"s to open {options.library:,} takes", open_s, 5, is_floor=False),
            Goal("MB of the process that did", peak_mb, 500, is_floor=False, form=".0f"),
            Goal(f"s to read {options.read:,} of them", read_s, 3, is_floor=False),
        ]
    )


if __name__ == "__main__":
    main()
