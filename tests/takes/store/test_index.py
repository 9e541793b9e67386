import itertools

import pytest
from takes.store.made_takes import FINAL, NOT_FINAL, drawn, failed

from aivj.takes.store.index import (
    Entry,
    counting,
    is_marker,
    is_shard,
    marker_bytes,
    new_shard_name,
    read_marker,
    shard_of,
)
from aivj.takes.store.shard import DamagedError, Place


def entry(take, *, shard="s.arrow", written_us=1):
    return Entry.of(take, shard=shard, written_us=written_us, place=Place(8, 16, 2**32 - 1))


def test_a_marker_tells_what_is_in_its_shard():
    shard = new_shard_name()
    entries = [entry(drawn("a"), shard=shard), entry(failed("b"), shard=shard, written_us=2**50)]
    name, data = marker_bytes(entries, 1000)
    marker = read_marker(name, data)
    assert list(marker.entries) == entries
    assert (marker.shard, marker.shard_size) == (shard, 1000)
    assert is_marker(name)
    assert is_shard(shard)
    assert shard_of(name) == shard
    assert not is_shard(name)
    assert not is_marker(shard)


def test_names_are_unique_and_later_ones_stand_behind_earlier_ones():
    names = [new_shard_name() for _ in range(100)]
    assert len(set(names)) == 100
    times = [name.partition("-")[0] for name in names]
    assert times == sorted(times)


@pytest.mark.parametrize("name", ["x.index", "x.0123456789abcdef.index", "x.y.z.index"])
def test_a_marker_under_another_name_is_none(name):
    _, data = marker_bytes([entry(drawn("a"))], 1)
    with pytest.raises(DamagedError):
        read_marker(name, data)


def test_what_counts_does_not_depend_on_the_order_in_which_markers_are_read():
    entries = [
        entry(failed("a", NOT_FINAL), written_us=1),
        entry(failed("a", FINAL), written_us=2),
        entry(drawn("a"), shard="1.arrow", written_us=3),
        entry(drawn("a"), shard="2.arrow", written_us=3),
        entry(drawn("a"), written_us=4),
    ]
    for num in range(2, len(entries) + 1):
        found = set()
        for order in itertools.permutations(entries[:num]):
            counted = {}
            for one in order:
                counting([one], counted)
            found.add(counted["a"])
        assert len(found) == 1
    assert found.pop().written_us == 3
