"""Everything that the release gate looks at, read once and never raised over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aivj.browser.renderer import RendererReport
from aivj.contracts.checks import Mode
from aivj.contracts.json_text import parse_time, read_object
from aivj.contracts.judgement import NetJudgement
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, read_pairs_quality
from aivj.contracts.scored_pack import scored_otherwise
from aivj.contracts.verification import (
    BUDGET_NAME,
    CONSOLE_NAME,
    FRAME_TIME_NAME,
    PAGE_ERRORS_NAME,
    REPORT_NAME,
    SELECTION_NAME,
)
from aivj.errors import InputError
from aivj.gate.expected import ExpectedPack, read_expected
from aivj.gate.stats import LinkLimits, read_lines


@dataclass(frozen=True)
class Document:
    """A JSON file.

    Attributes:
        value: Its object; None if it has none.
        problem: Why it has none; empty if it has one.
        written_at: When it was written; None if there is no such file.
    """

    value: Mapping[str, Any] | None = None
    problem: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True)
class LogFile:
    """A log.

    Attributes:
        lines: Its lines.
        written_at: When it was last written.
    """

    lines: tuple[str, ...]
    written_at: datetime


@dataclass(frozen=True)
class ScoredPack:
    """The pack whose scores the evidence is about.

    Attributes:
        name: Its name.
        expected: What the runtime makes of its manifest and quality file.
        missing_files: Pairs without a score since a preset was missing; None if nobody says.
        written_at: When the quality file was written; None without one.
        judgement: How the net of the scores did on what it never saw; None if nobody says.
        others: What of the pack is not what the scores were made for; None if nobody says.
    """

    name: str
    expected: ExpectedPack
    missing_files: int | None = None
    written_at: datetime | None = None
    judgement: NetJudgement | None = None
    others: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Evidence:
    """What is judged.

    Attributes:
        mode: What it has to be good enough for.
        report: `report.json`.
        frame_time: `frame-time.json`.
        budget: `budget-dynamics.json`.
        page_errors: `page-errors.log`; None if there is none.
        console: `browser-console.log`; None if there is none.
        selection: The log of selected presets; None if there is none.
        pack: The report's pack; None if it is not about pairs.
        run_started_at: When the run began whose scores these should be; None if nobody says.
        limits: How much of the selection has to be in the run manifest.
        require_schema_version: Whether a report without `schemaVersion` fails.
    """

    mode: Mode
    report: Document
    frame_time: Document
    budget: Document
    page_errors: LogFile | None = None
    console: LogFile | None = None
    selection: LogFile | None = None
    pack: ScoredPack | None = None
    run_started_at: datetime | None = None
    limits: LinkLimits = field(default_factory=LinkLimits)
    require_schema_version: bool = False

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The report's object; empty without one."""
        return self.report.value or {}

    @cached_property
    def checks(self) -> Mapping[str, Any]:
        """The report's checks by name; empty without any."""
        checks = self.values.get("checks")
        return checks if isinstance(checks, Mapping) else {}

    @cached_property
    def query(self) -> Mapping[str, str]:
        """Parameters of the report's address."""
        return query_of(self.values)

    @cached_property
    def started_at(self) -> datetime | None:
        """When the evidence began; None if the report does not say."""
        text = self.values.get("startedAt")
        try:
            return parse_time(text) if isinstance(text, str) else None
        except InputError:
            return None

    @cached_property
    def is_software(self) -> bool:
        """Whether the report says that a software renderer drew."""
        drew = self.values.get("renderer")
        if not isinstance(drew, Mapping):
            return False
        vendor, renderer = f"{drew.get('vendor', '')}", f"{drew.get('renderer', '')}"
        return RendererReport(vendor, renderer, gl_version="", chromium_version="").is_software


def load_evidence(
    folder: Path,
    *,
    mode: Mode,
    packs_root: Path,
    selection_log: Path | None = None,
    run_started_at: datetime | None = None,
    limits: LinkLimits | None = None,
    require_schema_version: bool = False,
) -> Evidence:
    """Reads a folder of evidence and the files of the pack that it is about.

    What is missing or broken is part of the answer.

    Args:
        folder: What a verification wrote.
        mode: What it has to be good enough for.
        packs_root: Folder that `/presets/...` URLs resolve below.
        selection_log: Log of selected presets. Default: `aivj-selection.log` in the folder.
        run_started_at: When the run began whose scores these should be.
        limits: How much of the selection has to be in the run manifest.
        require_schema_version: Whether a report without `schemaVersion` fails.

    Raises:
        InputError: There is no such folder, or a log cannot be read.
    """
    if not folder.is_dir():
        raise InputError(
            f"a folder of evidence at {folder}",
            "a file" if folder.exists() else "nothing there",
            "name the --out-dir of `aivj verify`",
        )
    report = _read_document(folder / REPORT_NAME)
    pack = _pack_of(report.value or {})
    return Evidence(
        mode=mode,
        report=report,
        frame_time=_read_document(folder / FRAME_TIME_NAME),
        budget=_read_document(folder / BUDGET_NAME),
        page_errors=_read_log(folder / PAGE_ERRORS_NAME),
        console=_read_log(folder / CONSOLE_NAME),
        selection=_read_log(selection_log or folder / SELECTION_NAME),
        pack=None if pack is None else _read_pack(packs_root, pack),
        run_started_at=run_started_at,
        limits=limits or LinkLimits(),
        require_schema_version=require_schema_version,
    )


def query_of(report: Mapping[str, Any]) -> Mapping[str, str]:
    """Returns the parameters of a report's address; none of an address that cannot be read."""
    url = report.get("url")
    try:
        return dict(parse_qsl(urlsplit(url).query)) if isinstance(url, str) else {}
    except ValueError:
        return {}


def _pack_of(report: Mapping[str, Any]) -> str | None:
    pack = report.get("pack") or query_of(report).get("coupledPack")
    return pack if isinstance(pack, str) else None


def _read_document(path: Path) -> Document:
    written_at = _written_at(path)
    if written_at is None:
        return Document(problem=f"no {path.name}")
    try:
        return Document(read_object(path), written_at=written_at)
    except InputError as error:
        return Document(problem=f"{path.name}: {error.found}", written_at=written_at)


def _read_log(path: Path) -> LogFile | None:
    written_at = _written_at(path)
    return None if written_at is None else LogFile(tuple(read_lines([path])), written_at)


def _read_pack(packs_root: Path, pack: str) -> ScoredPack:
    try:
        expected = read_expected(packs_root, pack)
    except InputError as error:
        return ScoredPack(
            pack, ExpectedPack(manifest_problem=str(error), quality_problem="no pack")
        )
    folder = packs_root / "presets" / pack
    path = folder / PAIRS_QUALITY_NAME
    try:
        quality = read_pairs_quality(path)
        said = quality.provenance
        others = scored_otherwise(said, folder / PAIRS_MANIFEST_NAME, packs_root)
    except InputError:
        return ScoredPack(pack, expected, written_at=_written_at(path))
    return ScoredPack(
        pack,
        expected,
        quality.stats.missing_files,
        _written_at(path),
        said.judgement,
        None if said.manifest_digest is said.presets_digest is None else tuple(others),
    )


def _written_at(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.is_file() else None
