"""The audit's store as tables, by DuckDB: entries, tags and reasons, and SQL over them."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aivj.contracts.preset_audit import AuditCounts, AuditEntry, AuditQuality
from aivj.errors import InputError, StorageError
from aivj.library.record import STORE_FOLDER, require_record
from aivj.library.shards import ShardKind, find_shards, schema
from aivj.library.text import PARAMS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY = "768MB"
_ROWS_AT_A_TIME = 4096
_KINDS: tuple[ShardKind, ...] = ("text", "quality", "repair")
_QUALITY = (
    *("ok", "reasons", "avg_luma", "avg_frame_delta", "avg_render_ms", "p95_render_ms"),
    *("render_ok", "aborted", "error_text"),
)
_JUDGED = ("ok", "reasons", "render_ok", "aborted")
_COUNTS = tuple(AuditCounts.model_fields)

# Of rows about the same thing the one in the latest shard counts: names of shards are times.
_VIEWS = f"""
CREATE VIEW latest_text AS
  SELECT * FROM text_rows
  QUALIFY row_number() OVER (PARTITION BY rel_path ORDER BY filename DESC) = 1;
CREATE VIEW latest_quality AS
  SELECT * FROM quality_rows
  QUALIFY row_number() OVER (PARTITION BY content ORDER BY filename DESC) = 1;
CREATE VIEW repaired AS SELECT DISTINCT content FROM repair_rows;
CREATE VIEW joined AS
  SELECT t.rel_path, t.content, t.file_size, t.decoded_as, t.warnings, t.fixes, t.line_count,
    {", ".join(f"t.counts.{name} AS {name}" for name in _COUNTS)},
    {", ".join(f't.params."{name}" AS "{name}"' for name in PARAMS)},
    list_concat(t.tags, coalesce(q.measured_tags, [])) AS tags, t.primary_category,
    q.content IS NOT NULL AS probed, q.crash_safe,
    {", ".join(f"q.{name}" for name in _QUALITY)},
    q.probe, q.probed_at, r.content IS NOT NULL AS repair_written
  FROM latest_text t
  LEFT JOIN latest_quality q ON q.content = t.content
  LEFT JOIN repaired r ON r.content = t.content
  WHERE t.is_there;
"""  # noqa: S608 - names of our own columns

_TABLES = """
CREATE TABLE entries AS SELECT * FROM joined ORDER BY rel_path;
CREATE TABLE tags AS SELECT rel_path, content, unnest(tags) AS tag FROM entries;
CREATE TABLE reasons AS SELECT rel_path, content, unnest(reasons) AS reason FROM entries;
CREATE VIEW v_tag_counts AS
  SELECT tag, count(*) AS files, count(DISTINCT content) AS presets
  FROM tags GROUP BY tag ORDER BY files DESC, tag;
CREATE VIEW v_reason_counts AS
  SELECT reason, count(*) AS files, count(DISTINCT content) AS presets
  FROM reasons GROUP BY reason ORDER BY files DESC, reason;
"""


@dataclass(frozen=True)
class Answer:
    """What a query gave.

    Attributes:
        columns: Their names.
        rows: Their values.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


def store_entries(out_dir: Path) -> Iterator[AuditEntry]:
    """Yields the entries of an audit in the order of their paths; some are in memory at a time.

    Raises:
        InputError: There is no audit in `out_dir`.
        StorageError: A shard of it is damaged.
    """
    require_record(out_dir)
    with _opened(out_dir) as tables:
        cursor = tables.execute("SELECT * FROM joined ORDER BY rel_path")
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
            for row in rows:
                yield _entry(dict(zip(names, row, strict=True)))


class Verdict(NamedTuple):
    """What is counted of an entry; the attributes are those of `AuditEntry`."""

    rel_path: str
    tags: list[str]
    primary_category: str
    warnings: list[str]
    quality: AuditQuality | None


def store_verdicts(out_dir: Path) -> Iterator[Verdict]:
    """Yields what is counted of an audit's entries, in a third of the time of `store_entries`.

    Raises:
        InputError: There is no audit in `out_dir`.
    """
    require_record(out_dir)
    query = f"""
      SELECT rel_path, tags, primary_category, warnings, probed, {", ".join(_JUDGED)}
      FROM joined ORDER BY rel_path
    """  # noqa: S608 - names of our own columns
    with _opened(out_dir) as tables:
        cursor = tables.execute(query)
        while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
            for path, tags, category, warnings, is_probed, *judged in rows:
                fields = dict(zip(_JUDGED, judged, strict=True))
                quality = AuditQuality.model_construct(**fields) if is_probed else None
                yield Verdict(path, tags, category, warnings, quality)


@dataclass(frozen=True)
class FaultyPreset:
    """A preset that is not ok.

    Attributes:
        content: Its content hash.
        rel_path: Its first file's path in the library.
        reasons: What is wrong with it.
    """

    content: str
    rel_path: str
    reasons: Sequence[str]


def faulty_presets(out_dir: Path, *, crashes_only: bool) -> list[FaultyPreset]:
    """Returns the different presets that are not ok, in the order of their paths.

    Args:
        out_dir: The audit's folder.
        crashes_only: Only those that are not even crash-safe.

    Raises:
        InputError: There is no audit in `out_dir`.
    """
    require_record(out_dir)
    which = "NOT crash_safe" if crashes_only else "NOT ok"
    query = (
        "SELECT content, min(rel_path), any_value(reasons) FROM joined "  # noqa: S608 - ours
        f"WHERE probed AND {which} GROUP BY content ORDER BY 2"
    )
    with _opened(out_dir) as tables:
        return [FaultyPreset(*row) for row in tables.execute(query).fetchall()]


def ask(out_dir: Path, sql: str) -> Answer:
    """Answers a query over an audit; nothing is written, and nothing else can be read.

    The tables are `entries`, `tags` and `reasons`, with `v_tag_counts` and `v_reason_counts`.

    Raises:
        InputError: There is no audit, or the query is none, or it is more than one that reads.
    """
    import duckdb

    require_record(out_dir)
    with _opened(out_dir) as tables:
        tables.execute(_TABLES)
        # From here on no file is there for whoever asks.
        tables.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            statements = tables.extract_statements(sql)
            kinds = [statement.type for statement in statements]
            reading = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
            if len(kinds) != 1 or kinds[0] not in reading:
                raise InputError(
                    "one query that reads, such as SELECT",
                    f"{len(kinds)} statements: " + ", ".join(kind.name for kind in kinds),
                    "ask one question at a time; an audit's store is not changed by SQL",
                )
            cursor = tables.execute(statements[0])
            columns = [column[0] for column in cursor.description or ()]
            return Answer(columns, cursor.fetchall())
        except duckdb.Error as error:
            raise InputError(
                "a query in DuckDB's SQL over entries, tags, reasons",
                str(error).strip().splitlines()[0],
                "`DESCRIBE entries` lists the columns",
            ) from error


@contextlib.contextmanager
def _opened(out_dir: Path) -> Iterator["DuckDBPyConnection"]:
    """Opens the store's rows as views, in a database in memory.

    Raises:
        StorageError: A shard is damaged.
    """
    import duckdb

    try:
        with _connected(out_dir) as tables:
            yield tables
    except duckdb.Error as error:
        raise StorageError(
            f"an audit's store in {out_dir} that can be read",
            str(error).strip().splitlines()[0],
            "remove the shard that is named; the next `aivj audit` does again what was in it",
        ) from error


def _connected(out_dir: Path) -> "DuckDBPyConnection":
    import duckdb

    tables = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": _MEMORY,
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    shards = find_shards(out_dir / STORE_FOLDER)
    for kind in _KINDS:
        paths = [_exactly(shard.path) for shard in shards if shard.kind == kind]
        if paths:
            tables.read_parquet(paths, filename=True).create_view(f"{kind}_rows")
        else:
            tables.register(f"no_{kind}", schema(kind).empty_table())
            tables.execute(f"CREATE VIEW {kind}_rows AS SELECT *, '' AS filename FROM no_{kind}")  # noqa: S608
    tables.execute(_VIEWS)
    return tables


def _exactly(path: Path) -> str:
    """Returns a path as DuckDB takes it for itself, not for a pattern or an address."""
    return re.sub(r"([*?[])", r"[\1]", str(path.absolute()))


def _entry(row: dict[str, Any]) -> AuditEntry:
    """Returns an entry of what was looked at when it was stored."""
    path: str = row["rel_path"]
    folder, _, _ = path.partition("/")
    quality = None
    if row["probed"]:
        quality = AuditQuality.model_construct(**{name: row[name] for name in _QUALITY})
    return AuditEntry.model_construct(
        rel_path=path,
        file_name=path.rpartition("/")[2],
        pack=folder if "/" in path else "",
        file_size=row["file_size"],
        decoded_as=row["decoded_as"],
        warnings=row["warnings"],
        fixes=row["fixes"],
        line_count=row["line_count"],
        counts=AuditCounts.model_construct(**{name: row[name] for name in _COUNTS}),
        params={name: row[name] for name in PARAMS if row[name] is not None},
        tags=row["tags"],
        primary_category=row["primary_category"],
        quality=quality,
        probed_at=row["probed_at"],
        repair_written=row["repair_written"],
    )
