import pytest
from library.made_library import MadeProber, audit, write_library

from aivj.errors import InputError, StorageError
from aivj.library.shards import find_shards
from aivj.library.tables import ask, faulty_presets

REASONS = {"fWarpScale": "wasm-abort", "fWaveScale": "too-dark"}


@pytest.fixture(scope="module")
def out_dir(tmp_path_factory):
    place = tmp_path_factory.mktemp("tables")
    audit(write_library(place / "library"), place / "out", MadeProber(REASONS))
    return place / "out"


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*), count(DISTINCT content) FROM entries", [(5, 4)]),
        (
            "SELECT rel_path FROM entries WHERE NOT crash_safe",
            [("a/one.milk",), ("b/one again.milk",)],
        ),
        ("SELECT * FROM v_reason_counts", [("wasm-abort", 2, 1), ("too-dark", 1, 1)]),
        ("SELECT files FROM v_tag_counts WHERE tag = 'liquid'", [(3,)]),
        ("SELECT tag FROM tags WHERE rel_path = 'b/three.milk'", [("vectors",)]),
        ("SELECT reason FROM reasons WHERE rel_path LIKE 'a/two%'", [("too-dark",)]),
        ("SELECT fWarpScale, per_pixel FROM entries WHERE rel_path LIKE 'a/one%'", [(2.0, 1)]),
        ("SELECT warp FROM entries WHERE probed AND warp IS NOT NULL", [(0.5,)]),
    ],
)
def test_questions(out_dir, sql, rows):
    assert ask(out_dir, sql).rows == rows


def test_columns_are_named(out_dir):
    columns = ask(out_dir, "SELECT * FROM entries").columns
    assert {"rel_path", "content", "ok", "avg_luma", "tags", "probe"} <= set(columns)
    assert [row[0] for row in ask(out_dir, "DESCRIBE entries").rows] == list(columns)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "nonsense",
        "SELECT 1; SELECT 2",
        "DROP TABLE entries",
        "INSERT INTO tags VALUES ('a', 'b', 'c')",
        "CREATE TABLE t AS SELECT 1",
        "COPY entries TO '{folder}/stolen.csv'",
        "COPY (SELECT 1) TO '{folder}/stolen.parquet'",
        "ATTACH '{folder}/stolen.db'",
        "EXPORT DATABASE '{folder}/stolen'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('{folder}/secret.txt')",
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SELECT * FROM '{folder}/secret.parquet'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT no_such_column FROM entries",
        "PRAGMA database_list; DROP TABLE tags",
    ],
)
def test_what_writes_or_reads_elsewhere_is_refused(out_dir, tmp_path, sql):
    (tmp_path / "secret.txt").write_text("secret")
    before = {path: path.read_bytes() for path in out_dir.rglob("*") if path.is_file()}
    with pytest.raises(InputError):
        ask(out_dir, sql.format(folder=tmp_path))
    assert {path: path.read_bytes() for path in out_dir.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["secret.txt"]


def test_no_audit_no_answer(tmp_path):
    with pytest.raises(InputError, match="aivj audit ROOT"):
        ask(tmp_path, "SELECT 1")


def test_faulty_presets_come_once_each(out_dir):
    crashes = faulty_presets(out_dir, crashes_only=True)
    assert [(each.rel_path, list(each.reasons)) for each in crashes] == [
        ("a/one.milk", ["wasm-abort"])
    ]
    every = faulty_presets(out_dir, crashes_only=False)
    assert [each.rel_path for each in every] == ["a/one.milk", "a/two.milk"]


@pytest.mark.parametrize("name", ["a[1]*?", "file:", "s3:", "it's", "ü %00"])
def test_a_folder_may_be_called_anything(tmp_path, name):
    audit(write_library(tmp_path / "library"), tmp_path / name, MadeProber(REASONS))
    assert ask(tmp_path / name, "SELECT count(*) FROM entries WHERE probed").rows == [(5,)]


def test_a_shard_that_is_damaged_within_is_named(tmp_path):
    audit(write_library(tmp_path / "library"), tmp_path / "out", MadeProber(REASONS))
    shard = find_shards(tmp_path / "out" / "store")[0].path
    shard.write_bytes(b"x" * shard.stat().st_size)
    with pytest.raises(StorageError, match=shard.name):
        ask(tmp_path / "out", "SELECT 1")
