"""From bytes of presets to content hashes, features and terms, many at once and in one reading.

Few presets are done here and now. Many go to processes of their own, started afresh rather than
forked, so that it may be done inside Ray and beside threads.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from multiprocessing.connection import Connection

import numpy as np

from aivj.packs.feature_table import FloatArray
from aivj.packs.term_space import TermSpace
from aivj.presets.code_terms import code_terms
from aivj.presets.digest import hash_milk
from aivj.presets.features import FEATURE_NAMES, feature_vector
from aivj.presets.milk import parse_milk
from aivj.presets.tags import tag_inputs, text_tags

NUM_FEW = 300
"""So many presets take less time here than processes need to start."""

_BATCH_SIZE = 64
_MAX_WORKERS = 8
_EXIT_TIMEOUT_S = 2.0

_Batch = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, eq=False)
class ExtractedBatch:
    """Some presets, in the order given; what was not asked for has no columns or no members.

    Attributes:
        file_hashes: What the caller called each of them by.
        content_hashes: Content hash of each.
        values: [N, F] features.
        terms: Terms of the code of each.
        places: [N, D] where each lies in a space of terms.
        tags: Tags that the text of each decides, see `aivj.presets.tags`.
    """

    file_hashes: list[str]
    content_hashes: list[str]
    values: FloatArray
    terms: list[Counter[str]]
    places: FloatArray
    tags: list[tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Extraction:
    """What is read from presets besides their content hash; each is parsed once for all of it.

    Attributes:
        features: Whether features are.
        terms: Whether terms of code are.
        space: The space that terms are described in; None if they are not.
        tags: Whether tags are.
    """

    features: bool = True
    terms: bool = False
    space: TermSpace | None = None
    tags: bool = False

    def __call__(self, batch: _Batch) -> ExtractedBatch:
        """Reads one batch in this process."""
        milks = [parse_milk(data) for _, data in batch]
        needs_terms = self.terms or self.space is not None
        terms = [code_terms(milk) for milk in milks] if needs_terms else []
        values = np.empty((len(batch), len(FEATURE_NAMES) if self.features else 0), np.float32)
        if self.features:
            for row, milk in enumerate(milks):
                values[row] = feature_vector(milk)
        no_places = np.zeros((len(batch), 0), np.float32)
        return ExtractedBatch(
            [file_hash for file_hash, _ in batch],
            [hash_milk(milk) for milk in milks],
            values,
            terms if self.terms else [],
            no_places if self.space is None else self.space.describe(terms),
            [text_tags(tag_inputs(milk)) for milk in milks] if self.tags else [],
        )


def extract(
    presets: Iterable[tuple[str, bytes]], extraction: Extraction | None = None
) -> Iterator[ExtractedBatch]:
    """Reads presets, given as file hash and bytes; the input is streamed.

    A worker process that dies costs time, nothing else: its presets are done here.

    Args:
        presets: What they are called by, and their bytes.
        extraction: What is read from them; features, unless told otherwise.
    """
    work = extraction or Extraction()
    presets = iter(presets)
    first = list(islice(presets, NUM_FEW))
    if len(first) < NUM_FEW:
        yield from map(work, _batches(first))
    else:
        yield from _in_processes(_batches(chain(first, presets)), work)


def _batches(presets: Iterable[tuple[str, bytes]]) -> Iterator[_Batch]:
    presets = iter(presets)
    while batch := list(islice(presets, _BATCH_SIZE)):
        yield batch


def _in_processes(batches: Iterable[_Batch], work: Extraction) -> Iterator[ExtractedBatch]:
    """Gives the batches to workers in turn; yields results in the order of the batches."""
    num_workers = min(len(os.sched_getaffinity(0)), _MAX_WORKERS)
    workers = [_Worker(work) for _ in range(num_workers)]
    try:
        turns = cycle(workers)
        for batch, worker in zip(batches, turns, strict=False):
            done = worker.take()
            worker.give(batch)
            if done is not None:
                yield done
        for worker in islice(turns, num_workers):
            if (done := worker.take()) is not None:
                yield done
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """A process that has one batch at a time; where it dies, its batches are done here.

    `concurrent.futures` has a pool for this, which up to Python 3.11.4 waits for ever once a worker
    was killed (https://github.com/python/cpython/issues/94777).
    """

    def __init__(self, work: Extraction) -> None:
        self._work = work
        spawning = multiprocessing.get_context("spawn")
        self._pipe, far_end = spawning.Pipe()
        self._process = spawning.Process(target=_work, args=(far_end, work), daemon=True)
        self._process.start()
        far_end.close()
        self._batch: _Batch | None = None

    def give(self, batch: _Batch) -> None:
        """Starts on a batch; the one before has been taken."""
        self._batch = batch
        with contextlib.suppress(OSError):
            self._pipe.send(batch)

    def take(self) -> ExtractedBatch | None:
        """Returns what became of the batch that was given last; None if there was none."""
        batch, self._batch = self._batch, None
        if batch is None:
            return None
        try:
            found: ExtractedBatch = self._pipe.recv()
        except (EOFError, OSError):
            return self._work(batch)
        return found

    def end(self) -> None:
        """Ends the process, in the middle of a batch if need be."""
        self._pipe.close()
        self._process.terminate()
        self._process.join(_EXIT_TIMEOUT_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _work(pipe: Connection, work: Extraction) -> None:
    """Answers batches until there is nobody any more who asks. Ctrl-C is the owner's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # nothing here is cyclic, and looking for cycles takes a tenth of the time
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv()))
