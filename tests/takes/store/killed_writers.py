"""A program: pairs of writers on one store, of which one is killed at a random moment.

It prints, a line each, what the writers had flushed when they were killed or ended.
"""

import itertools
import os
import random
import signal
import sys
import time
from collections.abc import Iterable

from takes.store.made_takes import CONDITIONS, drawn, failed

from aivj.takes.store import StorePlace

NUM_ROUNDS = 5
NUM_FLUSHES = 12
NUM_IN_A_SHARD = 3
# What writing a shard takes, about.
WINDOW_S = 0.02


def write(place: StorePlace, name: str, numbers: Iterable[int], pipe: int) -> None:
    """Writes takes, and says through the pipe which are there for good."""
    writer = place.writer()
    for number in numbers:
        contents = [f"{name}-{number}-{row}" for row in range(NUM_IN_A_SHARD)]
        for row, content in enumerate(contents):
            writer.add(drawn(content, seed=number) if row else failed(content))
        writer.flush()
        os.write(pipe, "".join(f"{content}\n" for content in contents).encode())


def start(place: StorePlace, name: str, numbers: Iterable[int]) -> tuple[int, int]:
    """Returns a writer's process and the reading end of its pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write(place, name, numbers, writing)
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def main() -> None:
    uri, seed = sys.argv[1], int(sys.argv[2])
    rng = random.Random(seed)
    place = StorePlace(uri, CONDITIONS)
    for number in range(NUM_ROUNDS):
        victim, victims_pipe = start(place, f"victim{number}", itertools.count())
        other, others_pipe = start(place, f"other{number}", range(NUM_FLUSHES))
        told = b"" if number == 0 else os.read(victims_pipe, 1 << 16)
        time.sleep(rng.uniform(0, WINDOW_S))
        os.kill(victim, signal.SIGKILL)
        for pipe in (victims_pipe, others_pipe):
            with os.fdopen(pipe, "rb") as lines:
                told += lines.read()
        os.waitpid(victim, 0)
        os.waitpid(other, 0)
        sys.stdout.write(told.decode())


if __name__ == "__main__":
    main()
