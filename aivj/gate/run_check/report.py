"""A run's folder judged by every rule, and what is worth knowing of it besides."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.checks import RunCheckReport, failures
from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.gate.run_check import (
    description,
    line_form,
    log,
    measurements,
    pairs,
    progress,
    row_fields,
    row_sense,
    side_files,
)
from aivj.gate.run_check.run_files import LoadedRun, load_run
from aivj.gate.run_check.sources import RunRules
from aivj.storage import write_atomic

RULES: RunRules = (
    *line_form.RULES,
    *row_fields.RULES,
    *row_sense.RULES,
    *pairs.RULES,
    *measurements.RULES,
    *description.RULES,
    *progress.RULES,
    *log.RULES,
    *side_files.RULES,
)
"""All rules, in the order in which they are told. None looks at another's finding."""

_FOLDER_NAME = re.compile(
    r"overnight-.+|\d{4}-\d{2}-\d{2}_\d{6}|_(?:smoke_coupled|release)_\d{8}_\d{6}"
)
_UNIFORM_SHARE = 0.95
_LOW = frozenset({"too-dark", "low-motion"})


def check_run(path: Path, *, packs_root: Path | None = None) -> RunCheckReport:
    """Judges a run's folder by every rule.

    Args:
        path: The folder.
        packs_root: Folder that `/presets/...` URLs resolve below; with it, pairs are looked up
            in the manifests.

    Raises:
        InputError: It is no run's folder, or cannot be read.
    """
    run = load_run(path, packs_root=packs_root)
    checks = {rule.name: rule.result(rule.judge(run), with_lines=True) for rule in RULES}
    return RunCheckReport(
        run=str(run.path),
        checked_at=iso_utc(datetime.now(UTC)),
        verdict="failed" if failures(checks) else "passed",
        num_rows=len(run.rows),
        num_failures=len(run.failures),
        checks=checks,
        notes=[*_folder(run), *_ok_share(run), *_failure_share(run)],
    )


def write_report(path: Path, report: RunCheckReport) -> None:
    """Writes a report, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(report))


def _folder(run: LoadedRun) -> Iterator[str]:
    name = run.path.resolve().name
    if not _FOLDER_NAME.fullmatch(name):
        yield f"the folder is called {name!r}, not after its start as YYYY-MM-DD_HHmmss"


def _ok_share(run: LoadedRun) -> Iterator[str]:
    num_rows = len(run.rows)
    if not num_rows:
        return
    num_ok = sum(entry.row.ok_heuristic for entry in run.rows)
    counts = Counter(reason for entry in run.rows for reason in entry.row.reasons)
    shares = [f"{reason} {count / num_rows:.1%}" for reason, count in counts.most_common()]
    told = ", ".join(shares) or "no reasons"
    yield f"okHeuristic {num_ok / num_rows:.1%} of {num_rows} rows; {told}"
    num_low = sum(bool(_LOW & {*entry.row.reasons}) for entry in run.rows)
    if num_low >= _UNIFORM_SHARE * num_rows:
        share = f"{num_low / num_rows:.1%}"
        yield f"{share} of the rows are too dark or hardly move: the pack itself is uniform"


def _failure_share(run: LoadedRun) -> Iterator[str]:
    num_failed = len(run.failures)
    if not num_failed:
        return
    num_visited = num_failed + len(run.rows)
    kinds = Counter(entry.row.kind for entry in run.failures)
    told = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    share = f"{num_failed} of {num_visited} pairs ({num_failed / num_visited:.1%})"
    yield f"{share} could not be measured: {told}"
