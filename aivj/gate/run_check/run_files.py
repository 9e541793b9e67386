"""Reads everything that lies in a run's folder, so that checks are pure functions of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.contracts.json_text import read_bytes, read_object, validated
from aivj.contracts.pairs_manifest import read_pairs_manifest, require_pack_name
from aivj.contracts.run_folder import (
    EVAL_NAME,
    FAILURES_NAME,
    LOG_NAME,
    META_NAME,
    PICTURES_NAME,
    TABLE_NAME,
)
from aivj.contracts.run_meta import RunMeta
from aivj.errors import InputError
from aivj.gate.run_check.json_lines import JsonLines, NumberedRow, read_json_lines, rows_of
from aivj.gate.run_check.pictures import Picture, read_pictures
from aivj.gate.run_check.run_table import RunTable, read_table
from aivj.packs.measured_presets import OtherPreset, other_presets
from aivj.storage import sha256_hex

META_KIND = "coupled_eval.v0"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class LoadedMeta:
    """`meta.json` as it stands there and as a reader takes it.

    Attributes:
        document: The object; None if there is none.
        problem: Why a reader cannot take it, whatever its kind; empty if it can.
        meta: What a reader takes; None if it cannot.
    """

    document: Mapping[str, Any] | None
    problem: str = ""
    meta: RunMeta | None = None


@dataclass(frozen=True)
class LoadedManifest:
    """Pair ids of a pack's manifest, or why it cannot be used.

    Attributes:
        pairs: The ids.
        problem: Why it cannot be used; empty if it can.
        digest: SHA-256 of its file.
        others: What rows of the run measured that are other presets now.
    """

    pairs: frozenset[int] = frozenset()
    problem: str = ""
    digest: str = ""
    others: tuple[OtherPreset, ...] = ()


@dataclass(frozen=True)
class LoadedRun:
    """All that is checked.

    Attributes:
        path: The folder.
        eval_lines: `eval.jsonl`; None without one.
        rows: Its lines that a tolerant reader takes.
        failure_lines: `failures.jsonl`; None without one.
        failures: Its lines that a tolerant reader takes.
        meta_file: `meta.json`.
        log: Lines of `vite.log`; None without one.
        table: `eval.parquet`; None without one.
        pictures: Whole pictures by path below their folder, without suffix; None without it.
        manifests: By pack, the manifests of the packs of the run; None if nobody said where
            packs are.
    """

    path: Path
    eval_lines: JsonLines | None
    rows: tuple[NumberedRow[EvalRow], ...]
    failure_lines: JsonLines | None
    failures: tuple[NumberedRow[FailureRow], ...]
    meta_file: LoadedMeta
    log: tuple[str, ...] | None
    table: RunTable | None
    pictures: Mapping[str, Picture] | None
    manifests: Mapping[str, LoadedManifest] | None

    @property
    def meta(self) -> RunMeta | None:
        """The run's description; None if no reader can take it."""
        return self.meta_file.meta

    def visited(self, pack: str) -> frozenset[int]:
        """Returns the pairs of a pack that have a row or a failure."""
        logs = [log for log in (self.eval_lines, self.failure_lines) if log is not None]
        return frozenset(pair for log in logs for of, pair in log.pairs if of == pack)


def load_run(path: Path, *, packs_root: Path | None = None) -> LoadedRun:
    """Reads a run's folder.

    Args:
        path: The folder.
        packs_root: Folder that `/presets/...` URLs resolve below; None if that is not known.

    Raises:
        InputError: It is no folder, holds neither rows nor a description, or cannot be read.
    """
    if not (path / EVAL_NAME).exists() and not (path / META_NAME).exists():
        raise InputError(
            f"the folder of a sampling run at {path}",
            f"neither {EVAL_NAME} nor {META_NAME}" if path.is_dir() else "no folder",
            "name the --out-dir of `aivj sample`",
        )
    eval_lines = read_json_lines(path / EVAL_NAME)
    failure_lines = read_json_lines(path / FAILURES_NAME)
    meta_file = _read_meta(path / META_NAME)
    rows = rows_of(eval_lines.lines, EvalRow) if eval_lines else ()
    return LoadedRun(
        path=path,
        eval_lines=eval_lines,
        rows=rows,
        failure_lines=failure_lines,
        failures=rows_of(failure_lines.lines, FailureRow) if failure_lines else (),
        meta_file=meta_file,
        log=_read_log(path / LOG_NAME),
        table=read_table(path / TABLE_NAME),
        pictures=read_pictures(path / PICTURES_NAME),
        manifests=_read_manifests(meta_file.meta, packs_root, [entry.row for entry in rows]),
    )


def _read_meta(path: Path) -> LoadedMeta:
    try:
        document = read_object(path)
        if read_bytes(path).startswith(_BYTE_ORDER_MARK):
            return LoadedMeta(None, "a byte order mark before the JSON")
    except InputError as error:
        return LoadedMeta(None, error.found)
    try:
        # The kind has a check of its own: the rest is judged whatever it says.
        meta = validated(RunMeta, {**document, "kind": META_KIND}, META_NAME)
    except InputError as error:
        return LoadedMeta(document, f"{error.expected}; found {error.found}")
    return LoadedMeta(document, meta=meta)


def _read_log(path: Path) -> tuple[str, ...] | None:
    if not path.exists():
        return None
    return tuple(read_bytes(path).decode(errors="replace").splitlines())


def _read_manifests(
    meta: RunMeta | None, packs_root: Path | None, rows: Sequence[EvalRow]
) -> dict[str, LoadedManifest] | None:
    if meta is None or packs_root is None:
        return None
    return {
        target.pack: _read_manifest(packs_root, target.pack, target.manifest_file, rows)
        for target in meta.packs
    }


def _read_manifest(
    packs_root: Path, pack: str, name: str, rows: Sequence[EvalRow]
) -> LoadedManifest:
    try:
        path = packs_root / "presets" / require_pack_name(pack) / Path(name).name
        manifest = read_pairs_manifest(path, pack=pack)
        digest = sha256_hex(read_bytes(path))
    except InputError as error:
        return LoadedManifest(problem=str(error))
    return LoadedManifest(
        frozenset(manifest.ids),
        digest=digest,
        others=tuple(other_presets(rows, manifest, packs_root)),
    )
