import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from takes.store.made_takes import CONDITIONS, NOT_FINAL, drawn, failed, same

from aivj.takes.store import TakeStore, survey, tidying
from aivj.takes.store.catalogue import Catalogue
from aivj.takes.store.conditions_file import CONDITIONS_NAME

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=2)


def fill(folder_uri, *takes, conditions=CONDITIONS):
    """Writes takes, each as a shard of its own; returns their folder and a store."""
    store = TakeStore.open(folder_uri, conditions)
    writer = store.writer()
    for take in takes:
        writer.add(take)
        writer.flush()
    store.refresh()
    return store._folder, store


def files(folder, pattern):
    return sorted(Path(folder.uri).glob(pattern))


def test_what_is_there_is_counted_and_named(folder_uri):
    fill(folder_uri, drawn("a"), failed("b"), failed("c", NOT_FINAL), failed("d", NOT_FINAL))
    (status,) = map(survey.status, survey.store_folders(folder_uri))
    assert (status.digest, status.conditions) == (CONDITIONS.digest, CONDITIONS)
    assert (status.num_drawn, status.num_shards) == (1, 4)
    assert status.failures == {"gpu-crash": 2, "shader-link": 1}
    assert status.chromium == {"156.0": 4}
    assert status.num_bytes > 20_000


def test_a_folder_that_says_other_things_than_its_name_is_told(tmp_path):
    folder, _ = fill(tmp_path, drawn("a"))
    (tmp_path / "other-things").mkdir()
    (tmp_path / ("0" * 16)).mkdir()
    Path(folder.uri, CONDITIONS_NAME).rename(tmp_path / ("0" * 16) / CONDITIONS_NAME)
    problems = {each.digest: each.problem for each in survey.store_folders(tmp_path)}
    assert problems == {
        "0" * 16: f"the conditions {CONDITIONS.digest}",
        CONDITIONS.digest: "no conditions.json",
    }


def test_a_whole_store_is_whole(folder_uri):
    folder, _ = fill(folder_uri, drawn("a"), failed("b"), drawn("a"))
    calls = []
    found = survey.verify(folder, lambda *progress: calls.append(progress))
    assert found.is_whole
    assert (found.num_takes, found.num_shards, found.num_double) == (3, 3, 1)
    assert calls == [(1, 3), (2, 3), (3, 3)]


def cut(shard):
    shard.write_bytes(shard.read_bytes()[:-9])


def flip(shard):
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "found", "num_left"),
    [
        (cut, "another size", 2),
        (flip, "bytes that have changed", 1),
        (Path.unlink, "its shard is gone", 1),
        (lambda shard: shard.write_bytes(b""), "0 bytes instead of", 1),
    ],
)
def test_damage_is_found_and_repaired(tmp_path, spoil, found, num_left):
    folder, _ = fill(tmp_path, drawn("a"), drawn("b"))
    spoil(files(folder, "*.arrow")[0])
    verification = survey.verify(folder)
    assert not verification.is_whole
    (problem,) = verification.damaged.values()
    assert found in problem

    assert tidying.repair(folder, verification) == 2 - num_left
    assert survey.verify(folder).is_whole
    store = TakeStore.open(tmp_path, CONDITIONS)
    assert store.contents() == ["a", "b"][2 - num_left :]
    assert len(list(store.read(store.contents()))) == num_left


def test_takes_whose_marker_is_damaged_are_not_lost(tmp_path):
    folder, _ = fill(tmp_path, drawn("a"), drawn("b"))
    first, second = files(folder, "*.index")
    flip(first)
    Path(folder.uri, "foreign.index").write_text("what is this?")
    second.with_suffix(".copy.index").write_bytes(second.read_bytes())
    found = survey.verify(folder)
    assert len(found.damaged_markers) == 3
    assert not found.abandoned
    assert tidying.repair(folder, found) == 0
    store = TakeStore.open(tmp_path, CONDITIONS)
    assert all(same(take, drawn(take.content)) for take in store.read(["a", "b"]))
    assert survey.verify(folder).is_whole


def test_small_shards_become_large_ones(folder_uri):
    folder, store = fill(folder_uri, *(drawn(f"{number}", seed=number) for number in range(9)))
    done = tidying.compact(folder, now=NOW)
    assert (done.num_merged, done.num_made, done.num_left_out, done.num_removed) == (9, 1, 0, 0)
    assert len(folder.listing()) == 3
    # With the index of before, too: it looks again.
    for seen in (store, TakeStore.open(folder_uri, CONDITIONS)):
        takes = list(seen.read(seen.contents()))
        assert [take.content for take in takes] == [f"{number}" for number in range(9)]
        assert all(same(take, drawn(take.content, seed=int(take.content))) for take in takes)
    assert tidying.compact(folder, now=NOW).num_merged == 0


def test_groups_are_about_as_large_as_they_should_be(tmp_path, monkeypatch):
    monkeypatch.setattr(tidying, "NUM_IN_LARGE", 3)
    folder, _ = fill(tmp_path, *(failed(f"{number}") for number in range(8)))
    assert tidying.compact(folder, now=NOW).num_made == 3
    sizes = [len(marker.entries) for marker in _catalogue(folder).markers.values()]
    assert sorted(sizes) == [2, 3, 3]
    assert tidying.compact(folder, now=NOW).num_merged == 0


def _catalogue(folder):
    catalogue = Catalogue(folder)
    catalogue.refresh()
    return catalogue


def test_what_does_not_count_is_left_out_and_what_counts_stays_what_it_is(tmp_path):
    folder, _ = fill(
        tmp_path, failed("a", NOT_FINAL), drawn("a", seed=1), drawn("a", seed=2), failed("b")
    )
    assert tidying.compact(folder, now=NOW).num_left_out == 2
    store = TakeStore.open(tmp_path, CONDITIONS)
    assert same(next(store.read(["a"])), drawn("a", seed=1))
    # An older take than the merged one still counts by its own time.
    assert survey.verify(folder).num_takes == 2


def test_what_was_abandoned_goes_when_it_is_old(tmp_path):
    folder, _ = fill(tmp_path, drawn("a"), drawn("b"))
    files(folder, "*.index")[0].unlink()
    Path(folder.uri, ".0006.arrow.x1y2").write_bytes(b"half a sha")
    assert len(survey.verify(folder).abandoned) == 2
    assert survey.verify(folder).is_whole

    assert tidying.compact(folder, now=NOW).num_removed == 0
    assert tidying.compact(folder, now=LATER).num_removed == 2
    assert not survey.verify(folder).abandoned
    assert TakeStore.open(tmp_path, CONDITIONS).contents() == ["b"]


def test_what_another_version_wrote_is_let_alone(tmp_path, monkeypatch):
    folder, _ = fill(tmp_path, drawn("a"))
    monkeypatch.setattr("aivj.takes.store.index.SHARD_FORMAT", b"aivj-takes.v9")
    fill(tmp_path, drawn("b"))
    monkeypatch.undo()
    before = sorted(folder.listing())
    found = survey.verify(folder)
    (problem,) = found.damaged_markers.values()
    assert "aivj-takes.v9" in problem
    tidying.repair(folder, found)
    tidying.compact(folder, now=LATER)
    assert sorted(folder.listing()) == before


def test_a_store_is_dropped_whole_and_others_stay(folder_uri):
    other = CONDITIONS.model_copy(update={"renderer_class": "nvidia"})
    folder, _ = fill(folder_uri, drawn("a"))
    fill(folder_uri, drawn("b"), conditions=other)
    tidying.drop(folder)
    assert folder.listing() == {}
    assert len(TakeStore.open(folder_uri, CONDITIONS)) == 0
    assert TakeStore.open(folder_uri, other).contents() == ["b"]


class PassingFolder:
    """A folder whose first listing passes just while shards are merged: it has neither marker."""

    def __init__(self, folder):
        self._folder = folder
        self._is_first = True

    def __getattr__(self, name):
        return getattr(self._folder, name)

    def listing(self):
        listed = self._folder.listing()
        if self._is_first:
            self._is_first = False
            tidying.compact(self._folder, now=NOW)
            return {name: info for name, info in listed.items() if not name.endswith(".index")}
        return listed


def test_who_lists_while_shards_are_merged_misses_nothing(tmp_path):
    folder, _ = fill(tmp_path, drawn("a"), drawn("b"))
    catalogue = Catalogue(PassingFolder(folder))
    catalogue.refresh()
    assert sorted(catalogue.entries) == ["a", "b"]


def test_a_listing_that_is_older_than_the_folder_is_not_believed(tmp_path):
    folder, _ = fill(tmp_path, drawn("a"), drawn("b"))
    real = folder.listing()
    tidying.compact(folder, now=NOW)
    listings = [real, folder.listing(), folder.listing()]

    class Late:
        listing = staticmethod(lambda: listings.pop(0))
        read = staticmethod(folder.read)

    catalogue = Catalogue(Late())
    catalogue.refresh()
    assert sorted(catalogue.entries) == ["a", "b"]
    assert not listings


def test_verifying_leaves_files_as_they_are(tmp_path):
    folder, _ = fill(tmp_path, drawn("a"))
    for path in files(folder, "*"):
        os.utime(path, (1, 1))
    survey.verify(folder)
    assert all(path.stat().st_mtime == 1 for path in files(folder, "*"))
