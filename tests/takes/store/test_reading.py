import pickle

import pytest
from takes.store.made_takes import CONDITIONS, FINAL, NOT_FINAL, drawn, failed, same

from aivj.errors import InputError, StorageError
from aivj.takes.store import StorePlace, TakeStore
from aivj.takes.store.conditions_file import CONDITIONS_NAME


def write(store, *takes):
    """Writes takes, each as a shard of its own."""
    writer = store.writer()
    for take in takes:
        writer.add(take)
        writer.flush()


def shards(folder):
    return sorted((folder / CONDITIONS.digest).glob("*.arrow"))


@pytest.mark.parametrize("name", ["plain", "with space", "50% #1 ?x=é", "a.b"])
def test_a_store_lies_where_it_is_said_to(tmp_path, name):
    folder = tmp_path / name
    write(TakeStore.open(folder, CONDITIONS), drawn("a"))
    assert (folder / CONDITIONS.digest / CONDITIONS_NAME).is_file()
    for uri in (folder, str(folder), folder.as_uri()):
        assert TakeStore.open(uri, CONDITIONS).contents() == ["a"]


def test_what_is_not_there_is_empty_and_nothing_is_made(tmp_path):
    store = TakeStore.open(tmp_path / "none", CONDITIONS)
    assert len(store) == 0
    assert "a" not in store
    assert store.failure("a") is None
    assert not (tmp_path / "none").exists()


def test_takes_come_in_the_order_asked_for_and_as_often(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    written = {name: drawn(name, seed=number) for number, name in enumerate("abcdefg" * 10)}
    write(store, *written.values())
    store.refresh()
    asked = [*"gfedcba"] * 10
    assert [take.content for take in store.read(iter(asked))] == asked
    assert all(same(take, written[take.content]) for take in store.read("abcdefg"))


def test_what_others_wrote_is_seen_after_looking_again(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a"))
    assert "a" not in store
    store.refresh()
    assert "a" in store


def test_a_shard_of_which_the_writer_tells_is_seen_without_a_listing(tmp_path, monkeypatch):
    store = TakeStore.open(tmp_path, CONDITIONS)
    writer = store.writer()
    writer.add(drawn("a"))
    written = writer.flush()
    monkeypatch.setattr(store._folder, "listing", None)
    for _ in range(2):
        store.see(written)
        assert same(next(store.read(["a"])), drawn("a"))
    store.see(written.replace("-", "+"))
    monkeypatch.undo()
    write(store, drawn("b"))
    store.refresh()
    assert store.contents() == ["a", "b"]


def test_other_conditions_share_nothing(tmp_path):
    write(TakeStore.open(tmp_path, CONDITIONS), drawn("a"))
    other = CONDITIONS.model_copy(update={"renderer_class": "nvidia"})
    assert len(TakeStore.open(tmp_path, other)) == 0


def test_a_place_means_the_same_in_another_process_and_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = TakeStore.open("here", CONDITIONS)
    place = pickle.loads(pickle.dumps(store.place))  # noqa: S301
    monkeypatch.chdir("/")
    writer = place.writer()
    writer.add(drawn("a"))
    writer.close()
    assert StorePlace.open(place).contents() == ["a"]
    assert (tmp_path / "here").is_dir()


def test_a_failure_is_known_without_its_shard(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, failed("a"), drawn("b"))
    store.refresh()
    for shard in shards(tmp_path):
        shard.write_bytes(bytes(shard.stat().st_size))
    assert store.failure("a") == FINAL
    assert store.failure("b") is None


def test_a_preset_that_is_not_there_is_an_error_that_says_so(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    with pytest.raises(InputError, match="a take of x"):
        list(store.read(["x"]))


def test_a_failed_preset_has_no_cells(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a"), failed("b"))
    store.refresh()
    (cells,) = store.read_cells(["a"])
    assert cells.music.shape == (3, 36, 64, 3)
    with pytest.raises(InputError, match="shader-link"):
        list(store.read_cells(["b"]))


def test_of_two_drawn_takes_the_first_counts(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a", seed=1), drawn("a", seed=2))
    store.refresh()
    assert len(store) == 1
    assert same(next(store.read(["a"])), drawn("a", seed=1))


OTHER = type(NOT_FINAL)("hung-page", "", "", "")


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        ([failed("a", NOT_FINAL), drawn("a")], None),
        ([drawn("a"), failed("a", NOT_FINAL)], None),
        ([failed("a", FINAL), drawn("a")], None),
        ([failed("a", NOT_FINAL), failed("a", OTHER)], OTHER),
        ([failed("a", NOT_FINAL), failed("a", FINAL)], FINAL),
        ([failed("a", FINAL), failed("a", NOT_FINAL)], FINAL),
    ],
)
def test_what_is_known_better_counts(tmp_path, written, counts):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, *written)
    for seen in (store, TakeStore.open(tmp_path, CONDITIONS)):
        seen.refresh()
        assert seen.failure("a") == counts


def test_takes_of_a_shard_that_was_cut_short_are_absent(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a"), drawn("b"))
    store.refresh()
    cut, _ = shards(tmp_path)
    cut.write_bytes(cut.read_bytes()[:-9])
    assert TakeStore.open(tmp_path, CONDITIONS).contents() == ["b"]
    store.refresh()
    assert store.contents() == ["b"]


def test_a_take_that_changed_is_an_error_that_says_what_to_do(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a"))
    (shard,) = shards(tmp_path)
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    store.refresh()
    with pytest.raises(StorageError, match="aivj takes verify --repair"):
        list(store.read(["a"]))


def test_a_shard_without_a_marker_does_not_exist(tmp_path):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a"), drawn("b"))
    (tmp_path / CONDITIONS.digest / f"{shards(tmp_path)[0].stem}.x.index").touch()
    next(
        (tmp_path / CONDITIONS.digest).glob(f"{shards(tmp_path)[0].stem}.*[0-9a-f].index")
    ).unlink()
    store.refresh()
    assert store.contents() == ["b"]


@pytest.mark.parametrize("spoil", [lambda data: data[:-5], lambda _: b"", lambda _: b"not Arrow"])
def test_a_marker_that_is_none_is_passed_over(tmp_path, spoil):
    store = TakeStore.open(tmp_path, CONDITIONS)
    write(store, drawn("a"), drawn("b"))
    marker = min((tmp_path / CONDITIONS.digest).glob("*.index"))
    marker.write_bytes(spoil(marker.read_bytes()))
    assert TakeStore.open(tmp_path, CONDITIONS).contents() == ["b"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", "no such key"),
        ('{"format": "aivj-takes.v9"}', "aivj-takes.v9"),
        ("no JSON", "Expecting value"),
    ],
)
def test_a_folder_of_another_form_is_refused_by_readers_and_writers(tmp_path, text, found):
    folder = tmp_path / CONDITIONS.digest
    folder.mkdir()
    (folder / CONDITIONS_NAME).write_text(text)
    with pytest.raises(InputError, match=found):
        TakeStore.open(tmp_path, CONDITIONS)
    writer = StorePlace(str(tmp_path), CONDITIONS).writer()
    writer.add(drawn("a"))
    with pytest.raises(InputError, match=found):
        writer.flush()
    assert [path.name for path in folder.iterdir()] == [CONDITIONS_NAME]


def test_a_folder_of_other_conditions_is_refused(tmp_path):
    other = CONDITIONS.model_copy(update={"renderer_class": "nvidia"})
    write(TakeStore.open(tmp_path, other), drawn("a"))
    (tmp_path / other.digest).rename(tmp_path / CONDITIONS.digest)
    with pytest.raises(InputError, match=other.digest):
        TakeStore.open(tmp_path, CONDITIONS)
