from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aivj.errors import InputError
from aivj.packs.extra_features import read_extra_features, with_extra_features
from aivj.packs.feature_table import FeatureTable

TABLE = FeatureTable(
    spec="milk-v0/2",
    names=("a", "b"),
    hashes=("one", "two", "three"),
    values=np.arange(6, dtype=np.float32).reshape(3, 2),
)


def embedding(*rows: list[float] | None) -> pa.Array:
    return pa.array(rows, pa.list_(pa.float64(), 2))


def write(path: Path, columns: dict[str, object]) -> Path:
    table = pa.table(columns)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    return path


@pytest.mark.parametrize("file", ["extra.parquet", "extra.arrow"])
def test_measured_features_join_by_content(tmp_path: Path, file: str) -> None:
    columns = {
        "content_hash": ["two", "other", "one"],
        "luma": [0.5, 0.1, 0.25],
        "embedding": embedding([1, 2], [3, 4], [5, 6]),
    }
    joined = with_extra_features(TABLE, read_extra_features(write(tmp_path / file, columns)))
    added = ("extra.luma", "extra.embedding.0", "extra.embedding.1", "extra.missing")
    assert joined.names == ("a", "b", *added)
    assert joined.hashes == TABLE.hashes
    assert joined.values.dtype == np.float32
    expected = [
        [0, 1, 0.25, 5, 6, 0],
        [2, 3, 0.5, 1, 2, 0],
        [4, 5, np.nan, np.nan, np.nan, 1],
    ]
    np.testing.assert_array_equal(joined.values, expected)


def test_the_spec_stands_for_names_and_widths_alone(tmp_path: Path) -> None:
    def spec(**columns: object) -> str:
        path = write(tmp_path / "x.parquet", {"content_hash": ["one"], **columns})
        return with_extra_features(TABLE, read_extra_features(path)).spec

    assert spec(luma=[1.0]) == spec(luma=[2]) == "milk-v0/2+extra-ed4a9cb2/2"
    wide = pa.array([[1, 2, 3]], pa.list_(pa.float32(), 3))
    others = [spec(motion=[1.0]), spec(luma=embedding([1, 2])), spec(luma=wide)]
    assert len({spec(luma=[1.0]), *others}) == 4


@pytest.mark.parametrize("gap", [None, float("nan"), float("inf")])
def test_a_row_with_a_gap_counts_as_missing(tmp_path: Path, gap: float | None) -> None:
    columns = {
        "content_hash": ["one", "two", "three"],
        "luma": pa.array([gap, 0.5, 0.5], pa.float64()),
        "embedding": embedding([1, 2], None, [3, 4]),
    }
    extra = read_extra_features(write(tmp_path / "x.arrow", columns))
    joined = with_extra_features(TABLE, extra)
    nothing = [np.nan, np.nan, np.nan, 1]
    np.testing.assert_array_equal(joined.values[:, 2:], [nothing, nothing, [0.5, 3, 4, 0]])


def test_the_last_row_of_a_content_counts(tmp_path: Path) -> None:
    columns = {"content_hash": ["one", "one"], "luma": [1, 2]}
    extra = read_extra_features(write(tmp_path / "x.parquet", columns))
    assert with_extra_features(TABLE, extra).values[0, 2] == 2


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"content_hash": ["one"]}, "content_hash"),
        ({"hash": ["one"], "luma": [1.0]}, "luma"),
        ({"content_hash": ["one"], "luma": ["bright"]}, "luma of type string"),
        ({"content_hash": ["one"], "luma": [[1.0, 2.0]]}, "luma of type list"),
    ],
)
def test_other_columns_are_refused(tmp_path: Path, columns: dict[str, object], found: str) -> None:
    with pytest.raises(InputError) as refused:
        read_extra_features(write(tmp_path / "x.parquet", columns))
    assert found in refused.value.found


@pytest.mark.parametrize("data", [None, b"", b"PAR1 and nothing else", b"ARROW1"])
def test_a_broken_file_is_refused(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "x.parquet"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError, match="leave the extra features out"):
        read_extra_features(path)
