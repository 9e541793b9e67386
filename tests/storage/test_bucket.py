import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.errors import LostRaceError, StorageError, UnsafePathError
from aivj.storage.bucket import checked_key

UNSAFE_KEYS = [
    "",
    "/etc/passwd",
    "../up",
    "a/../b",
    "a//b",
    ".hidden",
    "a/.b",
    "a\\b",
    "a\0b",
    "a/",
]


def test_an_object_comes_back_as_it_was_written(bucket):
    assert bucket.get("a/b.json") is None
    bucket.put_new("a/b.json", b"\x00one\n")
    data, etag = bucket.get("a/b.json")
    assert (data, bool(etag)) == (b"\x00one\n", True)


def test_a_new_object_is_never_overwritten(bucket):
    bucket.put_new("k.json", b"one")
    bucket.put_new("k.json", b"one")
    with pytest.raises(StorageError, match="other bytes under that key"):
        bucket.put_new("k.json", b"two")
    assert bucket.get("k.json")[0] == b"one"


def test_a_swap_follows_versions(bucket):
    first = bucket.swap("k.json", b"one", None)
    second = bucket.swap("k.json", b"two", first)
    assert bucket.get("k.json") == (b"two", second)
    assert second != first


@pytest.mark.parametrize("stale", [None, '"00000000000000000000000000000000"'])
def test_a_swap_of_another_version_is_refused(bucket, stale):
    bucket.swap("k.json", b"one", None)
    with pytest.raises(LostRaceError, match="another writer's version"):
        bucket.swap("k.json", b"two", stale)
    assert bucket.get("k.json")[0] == b"one"


def test_a_swap_of_what_is_not_there_is_refused(bucket):
    with pytest.raises(LostRaceError):
        bucket.swap("k.json", b"one", '"00000000000000000000000000000000"')
    assert bucket.get("k.json") is None


def test_a_swap_that_was_made_already_is_success(bucket):
    etag = bucket.swap("k.json", b"one", None)
    assert bucket.swap("k.json", b"one", None) == etag


def test_keys_are_listed_in_order_without_the_buckets_own(bucket):
    assert bucket.list("a/") == []
    for key in ("b/1", "a/2", "a/1", "ab"):
        bucket.swap(key, b"x", None)
    assert bucket.list("") == ["a/1", "a/2", "ab", "b/1"]
    assert bucket.list("a/") == ["a/1", "a/2"]
    assert bucket.list("a") == ["a/1", "a/2", "ab"]


def test_a_key_that_leaves_the_bucket_is_refused(bucket):
    for key in UNSAFE_KEYS:
        with pytest.raises(UnsafePathError):
            bucket.get(key)
        with pytest.raises(UnsafePathError):
            bucket.put_new(key, b"x")
        with pytest.raises(UnsafePathError):
            bucket.swap(key, b"x", None)
    assert bucket.list("") == []


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Z", "C"]) | st.sampled_from("./\\")))
def test_every_key_is_refused_or_stays_inside(key):
    root = Path("/bucket")
    try:
        path = root / checked_key(key)
    except UnsafePathError:
        return
    assert ".." not in path.parts
    assert path.is_relative_to(root)
    assert path.relative_to(root).as_posix() == key


def test_of_eight_threads_one_swaps_the_pointer(bucket):
    num_threads, num_rounds = 8, 5
    read = threading.Barrier(num_threads)

    def swap(name: int) -> list[bool]:
        won = []
        for turn in range(num_rounds):
            read.wait()
            found = bucket.get("pointer.json")
            read.wait()
            try:
                bucket.swap("pointer.json", b"%d %d" % (turn, name), found and found[1])
            except LostRaceError:
                won.append(False)
            else:
                won.append(True)
        return won

    with ThreadPoolExecutor(num_threads) as pool:
        outcomes = list(pool.map(swap, range(num_threads)))
    assert [sum(round_) for round_ in zip(*outcomes, strict=True)] == [1] * num_rounds
    winner = next(name for name, won in enumerate(outcomes) if won[-1])
    assert bucket.get("pointer.json")[0] == b"%d %d" % (num_rounds - 1, winner)


def test_of_eight_threads_one_creates_the_object(bucket):
    start = threading.Barrier(8)

    def create(name: int) -> bool:
        start.wait()
        try:
            bucket.put_new("new.json", b"%d" % name)
        except StorageError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(create, range(8)))
    assert sum(won) == 1
    assert bucket.get("new.json")[0] == b"%d" % won.index(True)
