"""From bytes of presets to content hashes and features, many at once.

Few presets are done here and now. Many go to processes of their own, started afresh rather than
forked, so that it may be done inside Ray and beside threads.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from aivj.packs.feature_table import FloatArray
from aivj.presets.digest import hash_milk
from aivj.presets.features import FEATURE_NAMES, feature_vector
from aivj.presets.milk import parse_milk

NUM_FEW = 300
"""So many presets take less time here than processes need to start."""

_BATCH_SIZE = 64
_MAX_WORKERS = 8
_BATCHES_PER_WORKER = 3

_Batch = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, eq=False)
class ExtractedBatch:
    """Some presets, in the order given.

    Attributes:
        file_hashes: What the caller called each of them by.
        content_hashes: Content hash of each.
        values: [N, F] features.
    """

    file_hashes: list[str]
    content_hashes: list[str]
    values: FloatArray


def extract(presets: Iterable[tuple[str, bytes]]) -> Iterator[ExtractedBatch]:
    """Extracts the features of presets, given as file hash and bytes; the input is streamed.

    A worker process that dies costs time, nothing else: its presets are done here.
    """
    presets = iter(presets)
    first = list(islice(presets, NUM_FEW))
    if len(first) < NUM_FEW:
        yield from map(extract_batch, _batches(first))
    else:
        yield from _in_processes(_batches(chain(first, presets)))


def extract_batch(batch: _Batch) -> ExtractedBatch:
    """Extracts the features of one batch in this process."""
    values = np.empty((len(batch), len(FEATURE_NAMES)), dtype=np.float32)
    content_hashes = []
    for row, (_, data) in enumerate(batch):
        milk = parse_milk(data)
        content_hashes.append(hash_milk(milk))
        values[row] = feature_vector(milk)
    return ExtractedBatch([file_hash for file_hash, _ in batch], content_hashes, values)


def _batches(presets: Iterable[tuple[str, bytes]]) -> Iterator[_Batch]:
    presets = iter(presets)
    while batch := list(islice(presets, _BATCH_SIZE)):
        yield batch


def _in_processes(batches: Iterable[_Batch]) -> Iterator[ExtractedBatch]:
    """Keeps a bounded number of batches under way; yields results in the order of the batches."""
    num_workers = min(len(os.sched_getaffinity(0)), _MAX_WORKERS)
    pool = ProcessPoolExecutor(
        num_workers, multiprocessing.get_context("spawn"), initializer=_prepare_worker
    )
    under_way: deque[tuple[_Batch, Future[ExtractedBatch] | None]] = deque()
    try:
        for batch in batches:
            if len(under_way) == _BATCHES_PER_WORKER * num_workers:
                yield _outcome(*under_way.popleft())
            under_way.append((batch, _submitted(pool, batch)))
        while under_way:
            yield _outcome(*under_way.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, batch: _Batch) -> Future[ExtractedBatch] | None:
    with contextlib.suppress(BrokenProcessPool):
        return pool.submit(extract_batch, batch)
    return None


def _outcome(batch: _Batch, future: Future[ExtractedBatch] | None) -> ExtractedBatch:
    if future is not None:
        with contextlib.suppress(BrokenProcessPool):
            return future.result()
    return extract_batch(batch)


def _prepare_worker() -> None:
    """Ctrl-C is the owner's to hear; and a worker does not outlive its owner, however that ends."""
    gc.disable()  # nothing here is cyclic, and looking for cycles takes a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_owner, daemon=True).start()


def _end_with_owner() -> None:
    owner = multiprocessing.parent_process()
    if owner is not None:
        owner.join()
        os._exit(1)
