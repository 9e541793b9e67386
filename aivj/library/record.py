"""What an audit's folder says of itself: the library it is of, and since when."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from aivj.contracts.json_text import (
    ContractModel,
    document_bytes,
    iso_utc,
    read_object,
    validated,
)
from aivj.contracts.preset_audit import AuditHeader
from aivj.errors import InputError
from aivj.library.request import AuditRequest
from aivj.storage import write_atomic

STORE_FOLDER = "store"
"""Folder of the shards, in an audit's folder."""

_RECORD_NAME = "audit.json"


class AuditRecord(ContractModel):
    """Which library an audit is of."""

    version: str = "v0"
    source_root: str = Field(description="The library's folder")
    started_at: str = Field(description="When the audit began, ISO-8601")
    manifest_path: str | None = Field(description="What presets were read of, if not the folder")
    sample_mode: str = Field(description="How presets are chosen, if not all are looked at")
    seed: int = Field(description="Which presets a reservoir takes")
    limit: int = Field(description="Most presets looked at; 0: all")
    scan_limit: int = Field(description="Most files listed; 0: all")

    def header(self) -> AuditHeader:
        """Returns what `preset-audit.json` says of the audit, now."""
        return AuditHeader(
            generated_at=self.started_at,
            updated_at=iso_utc(datetime.now(UTC)),
            source_root=self.source_root,
            manifest_path=self.manifest_path,
            sample_mode=self.sample_mode,
            seed=self.seed,
            limit=self.limit or None,
            scan_limit=self.scan_limit or None,
        )


def begin_record(request: AuditRequest) -> AuditRecord:
    """Writes what an audit is of, or goes on with one that is of the same library.

    Raises:
        InputError: The folder holds the audit of another library.
        StorageError: The disk did not take it.
    """
    path = request.out_dir / STORE_FOLDER / _RECORD_NAME
    root = str(request.root.resolve())
    before = read_record(request.out_dir)
    if before is not None and before.source_root != root:
        raise InputError(
            f"an audit of {root} in {request.out_dir}",
            f"one of {before.source_root}",
            "name another folder with --out-dir, or remove this one",
        )
    record = AuditRecord(
        source_root=root,
        started_at=iso_utc(datetime.now(UTC)) if before is None else before.started_at,
        manifest_path=None if request.manifest is None else str(request.manifest),
        sample_mode=request.sample,
        seed=request.seed,
        limit=request.limit,
        scan_limit=request.scan_limit,
    )
    if record != before:
        write_atomic(path, document_bytes(record))
    return record


def read_record(out_dir: Path) -> AuditRecord | None:
    """Returns what an audit's folder is of; None if it holds none.

    Raises:
        InputError: It cannot be read.
    """
    path = out_dir / STORE_FOLDER / _RECORD_NAME
    if not path.is_file():
        return None
    return validated(AuditRecord, read_object(path), str(path))


def require_record(out_dir: Path) -> AuditRecord:
    """Returns what an audit's folder is of.

    Raises:
        InputError: It holds no audit, or cannot be read.
    """
    record = read_record(out_dir)
    if record is None:
        raise InputError(
            f"an audit in {out_dir}", "none", "run `aivj audit ROOT` first, or name its --out-dir"
        )
    return record
