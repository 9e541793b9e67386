import pytest

from aivj.errors import LostRaceError, StorageError
from aivj.storage.mirror import Mirror


@pytest.fixture
def mirrors(bucket, tmp_path):
    """The same bucket from two disks."""
    return Mirror(bucket, tmp_path / "a"), Mirror(bucket, tmp_path / "b")


def write(mirror, key, text):
    path = mirror.folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_one_wrote_the_other_has(mirrors):
    one, other = mirrors
    write(one, "packs/mine/fg/p.milk", "preset")
    write(one, "packs/mine/pairs.json", "{}")
    write(one, "packs/mine/.lock", "not for others")

    assert one.deliver("packs/mine") == ["packs/mine/fg/p.milk", "packs/mine/pairs.json"]
    assert one.deliver("packs/mine") == []
    assert len(other.restore("packs/mine")) == 2
    assert (other.folder / "packs/mine/fg/p.milk").read_text() == "preset"
    assert not (other.folder / "packs/mine/.lock").exists()


def test_only_what_is_another_is_brought_again(mirrors, bucket):
    one, other = mirrors
    write(one, "x/a", "1")
    write(one, "x/b", "1")
    one.deliver("x")
    other.restore("x")
    before = (other.folder / "x/a").stat().st_mtime_ns
    write(one, "x/b", "2!")
    one.deliver("x")

    Mirror(bucket, other.folder).restore("x")

    assert (other.folder / "x/b").read_text() == "2!"
    assert (other.folder / "x/a").stat().st_mtime_ns == before


def test_a_name_is_no_beginning_of_another(mirrors):
    one, other = mirrors
    write(one, "runs/mine/a", "1")
    write(one, "runs/mine2/a", "1")
    one.deliver("")

    assert other.restore("runs/mine") == ["runs/mine/a"]
    assert other.restore("runs/mine/a") == ["runs/mine/a"]
    assert other.restore("runs/min") == []


def test_what_was_changed_on_both_sides_is_not_overwritten(mirrors):
    one, other = mirrors
    write(one, "x", "1")
    one.deliver("x")
    other.restore("x")
    write(one, "x", "one's")
    write(other, "x", "other's")
    one.deliver("x")

    with pytest.raises(LostRaceError):
        other.deliver("x")
    other.restore("x")

    assert (other.folder / "x").read_text() == "one's"
    assert (other.folder / ".x.undelivered").read_text() == "other's"


def test_what_could_not_be_delivered_is_delivered_by_the_next(mirrors, bucket, monkeypatch):
    one, _ = mirrors
    write(one, "x", "1")
    one.deliver("x")
    write(one, "x", "22")
    with monkeypatch.context() as patch:
        patch.setattr(one.bucket, "swap", _no_answer)
        with pytest.raises(StorageError, match="silence"):
            one.deliver("x")

    later = Mirror(bucket, one.folder)
    later.restore("x")
    assert (one.folder / "x").read_text() == "22"
    later.deliver("x")

    assert bucket.get("x")[0] == b"22"


def _no_answer(*_):
    raise StorageError("an answer", "silence", "wait")


def test_what_one_removed_the_other_loses(mirrors, bucket):
    one, other = mirrors
    write(one, "x/a", "1")
    write(one, "x/b", "1")
    one.deliver("x")
    other.restore("x")
    (one.folder / "x/a").unlink()

    assert one.deliver("x") == ["x/a"]
    assert bucket.list("x") == ["x/b"]
    other.restore("x")

    assert not (other.folder / "x/a").exists()
    assert (other.folder / "x/b").exists()


def test_what_was_cleared_off_a_disk_stays_in_the_bucket(mirrors, bucket):
    one, _ = mirrors
    write(one, "x/a", "1")
    write(one, "x/b", "1")
    one.deliver("x")
    (one.folder / "x/a").unlink()

    later = Mirror(bucket, one.folder)
    assert later.deliver("") == []
    assert bucket.list("x") == ["x/a", "x/b"]
    later.restore("x/a")

    assert (one.folder / "x/a").read_text() == "1"


def test_what_is_not_wanted_stays_where_it_is(mirrors):
    one, other = mirrors
    write(one, "x/a", "1")
    write(one, "cache/b", "1")

    assert one.deliver("", wanted=lambda key: not key.startswith("cache/")) == ["x/a"]
    other.restore("")
    write(other, "y", "1")
    other.deliver("")
    one.restore("", wanted=lambda key: key == "y")

    assert (one.folder / "x/a").exists()
    assert (one.folder / "y").exists()


def test_an_owner_writes_over_what_stands_there(mirrors, bucket):
    one, other = mirrors
    write(one, "x/a", "1")
    one.deliver("x")
    write(other, "x/a", "2")

    other.deliver("x", is_owner=True)

    assert bucket.get("x/a")[0] == b"2"
