"""Source packs are brought whole, again, and after anything; what cannot be taken is counted."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME, read_library_manifest
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.contracts.sync_report import SyncedPack
from aivj.errors import InputError, StorageError
from aivj.packs import sync_files
from aivj.packs.provenance import read_provenance
from aivj.packs.sync import SOURCE_COPY_NAME, SOURCE_NAME, needs_sync, sync_pack
from aivj.packs.sync_files import SyncOptions, SyncPlaces

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Base:
    """Source packs in one folder, and a runtime's presets in another."""

    def __init__(self, root: Path) -> None:
        self.source = root / "aidata"
        self.dest = root / "public" / "presets"
        self.source.mkdir(parents=True)

    def coupled(self, num: int = 3, lines: tuple[str, ...] = ()) -> None:
        folder = self.source / "demo"
        rows = []
        for pair in range(num):
            for layer in ("fg", "bg"):
                file = folder / layer / f"p{pair}_{layer}.milk"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(f"zoom=1.0{pair}\nwarp={layer == 'fg':d}\n")
            rows.append(
                {
                    "pair": 7 * pair,
                    "fg": f"/mnt/d/aidata/demo/fg/p{pair}_fg.milk",
                    "bg": f"D:\\aidata\\DEMO\\bg\\p{pair}_bg.milk",
                    "warp_diff": 0.5,
                }
            )
        text = [json.dumps(row) for row in rows]
        (folder / SOURCE_NAME).write_bytes("\r\n".join([*text, *lines, ""]).encode())

    def sync(self, pack: str = "demo", **options: object) -> SyncedPack:
        places = SyncPlaces(self.source, self.dest)
        return sync_pack(pack, places, SyncOptions(**options), now=NOON)


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(tmp_path)


def test_pairs_are_brought_whatever_their_paths_look_like(base: Base) -> None:
    base.coupled()
    found = base.sync()
    assert (found.mode, found.copied, found.pairs, found.written) == ("coupled", 6, 3, 6)
    assert found.errors == {}
    manifest = read_pairs_manifest(base.dest / "demo" / PAIRS_MANIFEST_NAME, pack="demo")
    assert [pair.pair for pair in manifest.pairs] == [0, 7, 14]
    assert manifest.pairs[1].fg_url == "/presets/demo/fg/p1_fg.milk"
    assert (manifest.pairs[0].warp_diff, manifest.pairs[0].cx_diff) == (0.5, None)
    copy = base.dest / "demo" / SOURCE_COPY_NAME
    assert copy.read_bytes() == (base.source / "demo" / SOURCE_NAME).read_bytes()
    assert read_provenance(base.dest / "demo").pairs[1].fg.file == "fg/p1_fg.milk"


def test_a_second_time_nothing_is_written_and_what_changed_is(base: Base) -> None:
    base.coupled()
    base.sync()
    before = {path: path.stat().st_mtime_ns for path in base.dest.rglob("*") if path.is_file()}
    assert base.sync().written == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    (base.source / "demo/fg/p0_fg.milk").write_text("zoom=9\n")
    assert base.sync().written == 0
    assert base.sync(compare=True).written == 1
    (base.dest / "demo/bg/p2_bg.milk").unlink()
    assert base.sync().written == 1
    base.coupled(num=4)
    assert (base.sync().pairs, base.sync().written) == (4, 0)


def test_when_a_sync_is_due(base: Base) -> None:
    base.coupled()
    source, dest = base.source / "demo", base.dest / "demo"
    assert needs_sync(source, dest, pack="demo", num_pairs=3)
    base.sync()
    assert not needs_sync(source, dest, pack="demo", num_pairs=3)
    assert needs_sync(source, dest, pack="demo", num_pairs=4)
    (source / SOURCE_NAME).write_text("{}")
    assert needs_sync(source, dest, pack="demo", num_pairs=3)


def test_what_cannot_be_taken_is_counted_and_costs_itself_alone(base: Base, tmp_path: Path) -> None:
    (tmp_path / "secret.milk").write_text("zoom=1\n")
    good = '"bg":"/x/demo/bg/p0_bg.milk"'
    lines = (
        "no JSON",
        '{"pair":20,"fg":"/x/demo/fg/gone.milk",' + good + "}",
        '{"pair":0,"fg":"/x/demo/fg/p1_fg.milk",' + good + "}",
        '{"pair":21,"fg":"/x/demo/../../secret.milk",' + good + "}",
        '{"pair":22,"fg":"/x/demo/fg/link.milk",' + good + "}",
        '{"pair":23,"fg":"/x/demo/fg/notes.txt",' + good + "}",
        '{"pair":24,"fg":"/x/demo/fg/big.milk",' + good + "}",
        json.dumps({"pair": 25, "fg": str(tmp_path / "secret.milk"), "bg": "p0_bg.milk"}),
    )
    base.coupled(lines=lines)
    folder = base.source / "demo" / "fg"
    (folder / "link.milk").symlink_to(tmp_path / "secret.milk")
    (folder / "notes.txt").write_text("x")
    (folder / "big.milk").write_bytes(b"1" * 300_000)
    found = base.sync()
    assert found.pairs == 3
    assert found.copied == 6
    assert found.errors == {
        "file outside its root": 1,
        "file that is no .milk": 1,
        "file too large for a preset": 1,
        "line that is no pair": 2,
        "missing file": 2,
        "pair that is listed twice": 1,
    }
    assert not list(base.dest.rglob("secret*"))


def test_a_file_elsewhere_in_the_base_is_found_by_its_own_path(base: Base) -> None:
    base.coupled()
    other = base.source / "other" / "x.milk"
    other.parent.mkdir()
    other.write_text("zoom=2\n")
    line = json.dumps({"pair": 50, "fg": str(other), "bg": "/x/demo/bg/p0_bg.milk"})
    base.coupled(lines=(line,))
    assert base.sync().pairs == 4
    assert (base.dest / "demo/fg/x.milk").read_text() == "zoom=2\n"


def test_it_goes_on_where_it_was_broken_off(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    base.coupled()
    write, calls = sync_files.write_atomic, []

    def fail(path: Path, data: bytes, **how: bool) -> None:
        calls.append(path)
        if len(calls) == 4:
            raise StorageError("a disk", "a full one", "free some")
        write(path, data, **how)

    monkeypatch.setattr(sync_files, "write_atomic", fail)
    with pytest.raises(StorageError):
        base.sync()
    assert not (base.dest / "demo" / PAIRS_MANIFEST_NAME).exists()
    monkeypatch.setattr(sync_files, "write_atomic", write)
    assert base.sync().written == 3
    assert base.sync().written == 0


def test_a_dry_run_writes_nothing_and_cleaning_removes_what_was_synced(base: Base) -> None:
    base.coupled()
    assert base.sync(dry_run=True, clean=True).pairs == 3
    assert not base.dest.exists()
    base.sync()
    (base.dest / "demo" / "fg" / "old.milk").write_text("x")
    base.sync(dry_run=True, clean=True)
    assert (base.dest / "demo" / "fg" / "old.milk").exists()
    assert base.sync(clean=True).written == 6
    assert not (base.dest / "demo" / "fg" / "old.milk").exists()


def test_what_was_not_synced_is_left_alone(base: Base) -> None:
    base.coupled()
    folder = base.dest / "demo"
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="drawn by AIVJ"):
        base.sync(clean=True)
    assert (folder / "mine.txt").exists()


def test_a_flat_pack_becomes_a_library(base: Base) -> None:
    folder = base.source / "flat"
    (folder / "deep").mkdir(parents=True)
    for name in ("B - Two.milk", "A - Soft Wave.MILK", "deep/C.milk", "notes.txt"):
        (folder / name).write_text("zoom=1\n")
    found = base.sync("flat")
    assert (found.mode, found.copied, found.pairs) == ("flat", 2, None)
    manifest = read_library_manifest(base.dest / "flat" / LIBRARY_MANIFEST_NAME)
    assert [preset.rel_path for preset in manifest.presets] == [
        "flat/A - Soft Wave.MILK",
        "flat/B - Two.milk",
    ]
    assert manifest.presets[0].id.startswith("flat-a-soft-wave-")
    assert len(manifest.presets[0].id.rpartition("-")[2]) == 8
    assert manifest.presets[0].url == "/presets/flat/A - Soft Wave.MILK"
    assert base.sync("flat").written == 0
    assert base.sync("flat", limit=1).copied == 1


def test_only_the_named_pack_is_looked_at(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    base.coupled()
    (base.source / "other").mkdir()
    looked_at: list[Path] = []
    scandir = os.scandir

    def spy(path: str | Path) -> object:
        looked_at.append(Path(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", spy)
    monkeypatch.setattr(os, "listdir", spy)
    base.sync()
    assert [path for path in looked_at if path.is_relative_to(base.source)] == []


def test_packs_that_cannot_be_used_are_refused(base: Base) -> None:
    with pytest.raises(InputError, match="a source pack at"):
        base.sync("missing")
    with pytest.raises(InputError, match="a pack name"):
        base.sync("..")
    (base.source / "empty").mkdir()
    with pytest.raises(InputError, match=r"manifest\.jsonl, or \.milk files"):
        base.sync("empty")
    base.coupled()
    with pytest.raises(InputError, match="at most 1e-05 MB"):
        base.sync(max_bytes=10)
    assert not base.dest.exists()


TEXTS = st.text(st.sampled_from("./\\:abDemo%#?\0é fgbg"), max_size=20)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5), st.binary(max_size=40))
def test_no_manifest_writes_outside_its_root(
    tmp_path_factory: pytest.TempPathFactory, paths: list[tuple[str, str]], tail: bytes
) -> None:
    root = tmp_path_factory.mktemp("root")
    base = Base(root)
    base.coupled(num=1)
    rows = [
        json.dumps({"pair": 100 + number, "fg": f"{fg}.milk", "bg": f"{bg}.milk"})
        for number, (fg, bg) in enumerate(paths)
    ]
    with (base.source / "demo" / SOURCE_NAME).open("ab") as file:
        file.write("\n".join([*rows, ""]).encode() + tail)
    before = {path for path in root.rglob("*") if not path.is_relative_to(base.dest.parent)}
    try:
        base.sync()
    except InputError:
        return
    after = {path for path in root.rglob("*") if not path.is_relative_to(base.dest.parent)}
    assert after == before
    read_pairs_manifest(base.dest / "demo" / PAIRS_MANIFEST_NAME, pack="demo")
