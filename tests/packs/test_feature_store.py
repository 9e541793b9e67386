import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aivj.errors import StorageError
from aivj.packs import feature_extraction, feature_store
from aivj.packs.feature_store import FeatureStore
from aivj.packs.feature_table import LibraryFeatures
from aivj.packs.scan import PresetFile
from aivj.presets import content_hash, parse_milk
from aivj.presets.features import FEATURE_NAMES, FEATURE_SPEC, feature_vector

MakeLibrary = Callable[..., list[PresetFile]]

LIBRARY = {
    "a.milk": "zoom=1\nper_frame_1=rot = bass;",
    "b.milk": "zoom=2",
    "same as a.milk": "[preset00]\r\nzoom=1.000\r\nper_frame_1=rot = bass;\r\nfRating=5",
    "copy of b.milk": "zoom=2",
}


@pytest.fixture
def paths(make_library: MakeLibrary) -> list[Path]:
    return [preset.path for preset in make_library(LIBRARY)]


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The presets whose features were extracted, as they are."""
    seen: list[bytes] = []

    def spied(presets):
        def told():
            for file_hash, data in presets:
                seen.append(data)
                yield file_hash, data

        return extract(told())

    extract = feature_store.extract
    monkeypatch.setattr(feature_store, "extract", spied)
    return seen


def check(features: LibraryFeatures, paths: list[Path]) -> None:
    """Every file has the hash and the features that it has alone."""
    assert features.table.spec == FEATURE_SPEC
    assert features.table.names == FEATURE_NAMES
    assert len(set(features.table.hashes)) == len(features.table.hashes)
    assert features.table.values.dtype == np.float32
    assert features.table.values.shape == (len(features.table.hashes), len(FEATURE_NAMES))
    assert len(features.hashes) == len(paths)
    for path, digest in zip(paths, features.hashes, strict=True):
        data = path.read_bytes()
        assert digest == content_hash(data)
        row = features.table.values[features.table.row_of[digest]]
        assert np.array_equal(row, feature_vector(parse_milk(data)))


@pytest.mark.parametrize("folder", [None, "features"])
def test_the_same_content_is_one_row(paths: list[Path], tmp_path: Path, folder) -> None:
    features = FeatureStore(folder and tmp_path / folder).features_of(paths)
    check(features, paths)
    assert len(features.table.hashes) == 2
    assert features.notes == ()


def test_a_file_that_cannot_be_read_has_nothing(paths: list[Path]) -> None:
    features = FeatureStore(None).features_of([paths[0] / "none", *paths[:1], Path("/none")])
    assert features.hashes[0] is None is features.hashes[2]
    check(LibraryFeatures(features.hashes[1:2], features.table), paths[:1])


def test_no_files_have_a_table_without_rows() -> None:
    check(FeatureStore(None).features_of([]), [])


@pytest.mark.parametrize("is_new_store", [True, False])
def test_only_what_is_new_is_extracted(
    paths: list[Path], tmp_path: Path, extracted: list[bytes], is_new_store: bool
) -> None:
    store = FeatureStore(tmp_path / "features")
    store.features_of(paths[:1])
    assert extracted == [paths[0].read_bytes()]
    check(
        (FeatureStore(tmp_path / "features") if is_new_store else store).features_of(paths), paths
    )
    assert len(extracted) == len({path.read_bytes() for path in paths}) == 3


def test_a_store_sees_what_another_has_kept(
    paths: list[Path], tmp_path: Path, extracted: list[bytes]
) -> None:
    one, other = (FeatureStore(tmp_path / "features") for _ in range(2))
    one.features_of(paths[:1])
    other.features_of(paths[1:2])
    extracted.clear()
    check(one.features_of(paths[:2]), paths[:2])
    assert extracted == []


def test_features_of_another_version_lie_elsewhere(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FeatureStore(tmp_path).features_of(paths)
    monkeypatch.setattr(feature_store, "FEATURE_SPEC", "milk-v0/9")
    FeatureStore(tmp_path).features_of(paths)
    assert {path.parent.relative_to(tmp_path).as_posix() for path in parts(tmp_path)} == {
        FEATURE_SPEC,
        "milk-v0/9",
    }


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-20], lambda _: b"", lambda data: data[:900] + b"x" + data[901:]]
)
def test_a_broken_part_is_said_and_extracted_again(
    paths: list[Path], tmp_path: Path, extracted: list[bytes], harm: Callable[[bytes], bytes]
) -> None:
    FeatureStore(tmp_path).features_of(paths)
    (part,) = parts(tmp_path)
    part.write_bytes(harm(part.read_bytes()))
    extracted.clear()
    features = FeatureStore(tmp_path).features_of(paths)
    check(features, paths)
    assert len(extracted) == 3
    assert len(features.notes) == 1
    assert str(part) in features.notes[0]
    assert FeatureStore(tmp_path).features_of(paths).notes == ()


def test_a_part_that_cannot_be_read_is_said_and_left(paths: list[Path], tmp_path: Path) -> None:
    FeatureStore(tmp_path).features_of(paths)
    odd = parts(tmp_path)[0].with_stem("odd")
    odd.mkdir()
    features = FeatureStore(tmp_path).features_of(paths)
    check(features, paths)
    assert str(odd) in features.notes[0]
    assert odd.is_dir()


def test_many_parts_become_one(
    paths: list[Path], tmp_path: Path, extracted: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_store, "MAX_PARTS", 2)
    reader = FeatureStore(tmp_path)
    for path in paths:
        FeatureStore(tmp_path).features_of([path])
        reader.features_of([path])
    assert len(parts(tmp_path)) == 1
    extracted.clear()
    check(FeatureStore(tmp_path).features_of(paths), paths)
    check(reader.features_of(paths), paths)
    assert extracted == []


def test_an_interruption_costs_one_part_at_most(
    paths: list[Path], tmp_path: Path, extracted: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_store, "FILES_PER_PART", 1)
    monkeypatch.setattr(feature_extraction, "_BATCH_SIZE", 1)
    calls = []

    def stop_at_the_second(*progress: int) -> None:
        calls.append(progress)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FeatureStore(tmp_path).features_of(paths, stop_at_the_second)
    extracted.clear()
    check(FeatureStore(tmp_path).features_of(paths), paths)
    assert len(extracted) == 2


def test_progress_reaches_the_end(paths: list[Path]) -> None:
    calls = []
    FeatureStore(None).features_of(paths, lambda *progress: calls.append(progress))
    assert calls[-1] == (4, 4)


def test_a_full_disk_is_said(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / FEATURE_SPEC.partition("/")[0]).write_bytes(b"")
    with pytest.raises(StorageError):
        FeatureStore(tmp_path).features_of(paths)


def keep(folder: Path, paths: list[Path]) -> None:
    for path in paths:
        FeatureStore(folder).features_of([path])


def test_two_processes_keep_side_by_side(
    paths: list[Path], tmp_path: Path, extracted: list[bytes]
) -> None:
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=keep, args=(tmp_path / "features", order))
        for order in (paths, paths[::-1])
    ]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
    assert [other.exitcode for other in others] == [0, 0]
    features = FeatureStore(tmp_path / "features").features_of(paths)
    check(features, paths)
    assert features.notes == ()
    assert extracted == []


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.arrow"))
