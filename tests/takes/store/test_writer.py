import pytest
from takes.store.made_takes import CONDITIONS, drawn

from aivj.errors import StorageError
from aivj.storage import open_folder
from aivj.takes.store import TakeStore, TakeWriter


@pytest.fixture
def store(tmp_path):
    return TakeStore.open(tmp_path, CONDITIONS)


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def writer(tmp_path, clock):
    return TakeWriter(open_folder(tmp_path / CONDITIONS.digest), CONDITIONS, lambda: clock[0])


def seen(store):
    store.refresh()
    return len(store)


def test_sixteen_are_written_at_once(store, writer):
    for number in range(17):
        assert seen(store) == (16 if number >= 16 else 0)
        writer.add(drawn(f"{number}"))
    writer.flush()
    assert seen(store) == 17


def test_none_waits_longer_than_five_seconds(store, writer, clock):
    for now_s, written in ((0.0, 0), (4.9, 0), (5.0, 3), (5.1, 3), (10.0, 3), (10.1, 6)):
        clock[0] = now_s
        writer.add(drawn(f"{now_s}"))
        assert seen(store) == written


def test_closing_writes_what_is_in_hand_and_nothing_twice(store, writer):
    writer.add(drawn("a"))
    writer.close()
    writer.close()
    assert seen(store) == 1
    assert len(store._catalogue.markers) == 1


def test_what_the_store_did_not_take_is_still_in_hand(tmp_path, store, writer):
    (tmp_path / CONDITIONS.digest).write_text("a file in the folder's place")
    writer.add(drawn("a"))
    with pytest.raises(StorageError):
        writer.flush()
    (tmp_path / CONDITIONS.digest).unlink()
    writer.close()
    assert seen(store) == 1
