"""What is worth knowing of a run and breaks no rule."""

import re
from collections import Counter
from collections.abc import Iterator

from aivj.gate.run_check.run_files import LoadedRun

_FOLDER_NAME = re.compile(
    r"(?:overnight-)?\d{4}-\d{2}-\d{2}_\d{6}|_(?:smoke_coupled|release)_\d{8}_\d{6}"
)
_UNIFORM_SHARE = 0.95
_LOW = frozenset({"too-dark", "low-motion"})


def notes(run: LoadedRun) -> list[str]:
    """Returns what a reader of the report should know besides the verdicts."""
    return [*_folder(run), *_ok_share(run), *_failure_share(run)]


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
