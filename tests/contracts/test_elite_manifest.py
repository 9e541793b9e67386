import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.elite_manifest import (
    ELITE_MANIFEST_NAME,
    EliteEntry,
    elite_class,
    elite_target,
    read_elite_manifest,
    write_elite_manifest,
)
from aivj.errors import InputError

GOLDEN = """{
  "entries": [
    {
      "rank": 1,
      "score": 4.8,
      "fg": "fg/e1.milk",
      "bg": "bg/e1.milk"
    },
    {
      "rank": null,
      "score": 1.5,
      "fg": "../pack/e2.milk",
      "bg": "bg/e1.milk"
    }
  ]
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("elite/fg/e1.milk", "elite/bg/e1.milk", "pack/e2.milk"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("[preset00]")
    return tmp_path / "elite"


def stored(folder: Path, document: object) -> Path:
    path = folder / ELITE_MANIFEST_NAME
    path.write_text(json.dumps(document))
    return path


def test_written_text_is_golden_and_reads_back(folder: Path):
    best = EliteEntry(1, 4.8, folder / "fg/e1.milk", folder / "bg/e1.milk")
    worst = EliteEntry(None, 1.5, folder.parent / "pack/e2.milk", folder / "bg/e1.milk")
    path = folder / "labels.json"
    write_elite_manifest(path, [best, worst])
    assert path.read_bytes() == GOLDEN.encode()
    read = read_elite_manifest(path)
    assert read.num_unresolved == 0
    assert read.entries[0] == best
    assert read.entries[1].fg.samefile(worst.fg)


@pytest.mark.parametrize("key", [None, "entries", "pairs", "items", "elite", "data"])
def test_any_container_is_read(folder: Path, key):
    rows = [{"rank": 1, "score": 5, "fg": "fg/e1.milk", "bg": "bg/e1.milk"}]
    read = read_elite_manifest(stored(folder, {key: rows, "note": [1]} if key else rows))
    assert [entry.score for entry in read.entries] == [5]


@pytest.mark.parametrize(
    "row",
    [
        {"score": 3, "fg": "fg/e1.milk", "bg": "bg/e1.milk"},
        {"rating": 3, "fgPath": "fg/e1.milk", "bgPath": "bg/e1.milk"},
        {"score": "x", "rating": 3, "fg_path": "/gone/e1.milk", "bg_path": "e1.milk"},
        {"score": 3, "fgUrl": "/presets/p/fg/e1.milk", "bgUrl": "D:\\aidata\\bg\\e1.milk"},
        {"score": 3, "foreground": "/mnt/d/x/e1.milk", "background": "bg\\e1.milk"},
    ],
)
def test_any_key_and_path_form_is_read(folder: Path, row):
    stored(folder, [row])
    entry = EliteEntry(None, 3.0, folder / "fg/e1.milk", folder / "bg/e1.milk")
    assert read_elite_manifest(folder).entries == [entry]


def test_absolute_paths_are_taken_first(folder: Path):
    absolute = folder.parent / "pack" / "e2.milk"
    read = read_elite_manifest(
        stored(folder, [{"score": 3, "fg": str(absolute), "bg": "bg/e1.milk"}])
    )
    assert read.entries[0].fg == absolute


def test_up_to_one_in_twenty_may_be_unresolved(folder: Path):
    good = {"score": 4, "fg": "fg/e1.milk", "bg": "bg/e1.milk"}
    bad = {**good, "fg": "gone.milk"}
    read = read_elite_manifest(stored(folder, [good] * 19 + [bad]))
    assert (len(read.entries), read.num_unresolved) == (19, 1)
    with pytest.raises(InputError, match=r"2 of 20 entries without; .*gone\.milk"):
        read_elite_manifest(stored(folder, [good] * 18 + [bad] * 2))


@pytest.mark.parametrize(
    "row",
    [
        3,
        {},
        {"fg": "fg/e1.milk", "bg": "bg/e1.milk"},
        {"score": True, "fg": "fg/e1.milk", "bg": "bg/e1.milk"},
        {"score": 10**400, "fg": "fg/e1.milk", "bg": "bg/e1.milk"},
        {"score": 3, "fg": "x" * 5_000, "bg": "bg/e1.milk"},
        {"score": 3, "fg": "\0", "bg": "bg/e1.milk"},
        {"score": 3, "fg": "fg", "bg": "bg/e1.milk"},
    ],
)
def test_unusable_entries_are_counted(folder: Path, row):
    with pytest.raises(InputError, match="1 of 1 entries"):
        read_elite_manifest(stored(folder, [row]))


@pytest.mark.parametrize("document", [{}, {"entries": 3}, "x", None])
def test_documents_without_a_list_are_refused(folder: Path, document):
    with pytest.raises(InputError, match="a list in"):
        read_elite_manifest(stored(folder, document))


def test_empty_and_missing_manifests_are_refused(folder: Path):
    with pytest.raises(InputError, match="0 of 0 entries"):
        read_elite_manifest(stored(folder, []))
    with pytest.raises(InputError, match="nothing there"):
        read_elite_manifest(folder / "absent.json")


def test_rank_that_is_no_number_is_unknown(folder: Path):
    row = {"rank": "first", "score": 4, "fg": "fg/e1.milk", "bg": "bg/e1.milk"}
    assert read_elite_manifest(stored(folder, [row])).entries[0].rank is None


@pytest.mark.parametrize(("score", "target"), [(1, 0), (3, 0.5), (5, 1), (0, 0), (9, 1), (4, 0.75)])
def test_target(score, target):
    assert elite_target(score) == target


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (4, "positive"),
        (3.99, None),
        (2.01, None),
        (2, "negative"),
        (0, "negative"),
        (5, "positive"),
    ],
)
def test_class(score, expected):
    assert elite_class(score) == expected


@given(st.floats(allow_nan=False))
def test_target_is_a_share(score):
    assert 0 <= elite_target(score) <= 1
