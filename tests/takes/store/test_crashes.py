"""Writers that are killed, and compacting that ends at any of its steps: nothing lost or double."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from takes.store import killed_writers
from takes.store.made_takes import CONDITIONS, drawn, failed, same

from aivj.storage import open_folder
from aivj.takes.store import TakeStore
from aivj.takes.store.survey import verify
from aivj.takes.store.tidying import compact, drop
from aivj.takes.take import Drawn

ROOT = Path(__file__).parents[3]
NOW = datetime.now(UTC)


def test_whoever_is_killed_loses_only_what_was_in_hand(folder_uri):
    program = [sys.executable, killed_writers.__file__, folder_uri, "7"]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        program, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True
    )
    flushed = done.stdout.split()
    num_of_others = (
        killed_writers.NUM_ROUNDS * killed_writers.NUM_FLUSHES * killed_writers.NUM_IN_A_SHARD
    )
    assert sum(content.startswith("other") for content in flushed) == num_of_others

    store = TakeStore.open(folder_uri, CONDITIONS)
    assert set(flushed) <= set(store.contents())
    for take in store.read(store.contents()):
        _, number, row = take.content.split("-")
        expected = drawn(take.content, seed=int(number)) if int(row) else failed(take.content)
        assert same(take, expected)
    found = verify(store._folder)
    assert found.is_whole
    assert found.num_takes == len(store)
    assert found.num_double == 0
    assert len(found.abandoned) <= killed_writers.NUM_ROUNDS


class _DeadError(BaseException):
    """The process ends here."""


class DyingFolder:
    """A folder whose user dies before one of its changes."""

    def __init__(self, folder, num_changes):
        self._folder = folder
        self._num_left = num_changes

    def __getattr__(self, name):
        return getattr(self._folder, name)

    def write(self, name, data):
        self._change()
        self._folder.write(name, data)

    def remove(self, name):
        self._change()
        self._folder.remove(name)

    def _change(self):
        if self._num_left == 0:
            raise _DeadError
        self._num_left -= 1


@pytest.fixture
def small_shards(tmp_path):
    """A folder with shards of one take each, two of them of one preset, and what is in them."""
    store = TakeStore.open(tmp_path, CONDITIONS)
    writer = store.writer()
    written = [drawn("a"), failed("b"), drawn("c", seed=1), drawn("c", seed=2), drawn("d")]
    for take in written:
        writer.add(take)
        writer.flush()
    return store._folder, {take.content: take for take in reversed(written)}


def same_takes(folder, expected):
    store = TakeStore.open(Path(folder.uri).parent, CONDITIONS)
    takes = list(store.read(store.contents()))
    return [take.content for take in takes] == sorted(expected) and all(
        same(take, expected[take.content]) for take in takes
    )


def test_compacting_may_end_anywhere_and_begin_again(small_shards):
    folder, expected = small_shards
    num_changes = 0
    while True:
        try:
            compact(DyingFolder(folder, num_changes), now=NOW)
            break
        except _DeadError:
            assert same_takes(folder, expected)
            num_changes += 1
    assert num_changes > 2
    assert same_takes(folder, expected)
    assert verify(folder).num_double == 0
    assert len(verify(folder).damaged) == 0


def test_dropping_that_was_ended_leaves_nothing_half_readable(small_shards):
    folder, _ = small_shards
    with pytest.raises(_DeadError):
        drop(DyingFolder(folder, 3))
    store = TakeStore.open(Path(folder.uri).parent, CONDITIONS)
    assert len(store) < 4
    assert all(isinstance(take.outcome, Drawn) or take for take in store.read(store.contents()))
    drop(open_folder(folder.uri))
    assert not Path(folder.uri).exists()
