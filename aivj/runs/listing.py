"""The runs below a folder, and how each stands, by a look that a night of rows does not slow."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Number
from aivj.contracts.json_text import ContractModel
from aivj.contracts.run_folder import PICTURES_NAME
from aivj.contracts.run_meta import RunMeta, read_run_meta
from aivj.errors import InputError
from aivj.runs.directory import RunDirectory

# Folders of a home that hold many files and never a run.
_NO_RUNS = frozenset({"cache", "public", "bucket", "mlflow", PICTURES_NAME, "models"})
_DEPTH = 4

RunState = Literal["running", "complete", "time over", "interrupted", "failed", "broken off"]


class RunEntry(ContractModel):
    """One run's folder."""

    path: str
    packs: list[str]
    num_rows: int
    num_failures: int
    num_target: int | None = Field(description="Pairs it aims at; null if nobody knows")
    state: RunState
    started_at: str | None = Field(description="ISO-8601; null if nobody knows")
    ok_rate: Number | None = Field(description="Share of rows that pass the heuristic, 0..1")
    driver: str | None = Field(description="stage, live, or null for other programs' runs")


def runs_below(home: Path) -> Iterator[RunEntry]:
    """Yields the runs below a folder; folders of other things are not entered."""
    return map(run_entry, run_folders(home))


def run_folders(home: Path) -> Iterator[Path]:
    """Yields the folders of the runs below a folder, and looks into none of them."""
    unread = [(home, 0)]
    while unread:
        folder, depth = unread.pop()
        if _is_run(RunDirectory(folder)):
            yield folder
        elif depth < _DEPTH:
            unread += [(child, depth + 1) for child in _folders(folder)]


def run_entry(folder: Path) -> RunEntry:
    """Describes one run."""
    directory = RunDirectory(folder)
    ok_by_pack = list(_ok_by_pack(directory.eval_path))
    num_rows = len(ok_by_pack)
    try:
        meta = read_run_meta(directory.meta_path)
    except InputError:
        meta = None
    known = [] if meta is None else [target.pack for target in meta.packs]
    return RunEntry(
        path=str(folder),
        packs=known or sorted({pack for pack, _ in ok_by_pack}),
        num_rows=num_rows,
        num_failures=_num_lines(directory.failures_path),
        num_target=None if meta is None else sum(target for target, _ in _targets(meta)),
        state=run_state(directory, meta),
        started_at=None if meta is None else meta.started_at,
        ok_rate=sum(ok for _, ok in ok_by_pack) / num_rows if num_rows else None,
        driver=None if meta is None else meta.driver,
    )


def _is_run(directory: RunDirectory) -> bool:
    return directory.eval_path.is_file() or (
        directory.meta_path.is_file() and directory.log_path.is_file()
    )


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and entry.name not in _NO_RUNS
                and not entry.name.startswith(".")
            ]
    except OSError:
        return []


def _ok_by_pack(path: Path) -> Iterator[tuple[str, bool]]:
    """Yields the pack of each line that is a row, and whether it is ok; none is judged."""
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            row = json.loads(line)
            yield str(row["pack"]), row.get("okHeuristic") is True
        except (ValueError, KeyError, TypeError):
            continue


def _num_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _targets(meta: RunMeta) -> Iterator[tuple[int, bool]]:
    """Yields the picks or pairs that each pack aims at, and whether it got there."""
    for target in meta.packs:
        entry = meta.progress.get(target.pack)
        if entry is None:
            yield meta.num_target(target), False
        else:
            is_there = entry.visited >= entry.target
            yield entry.target, is_there if entry.done is None else entry.done


def run_state(directory: RunDirectory, meta: RunMeta | None) -> RunState:
    """Tells how a run stands; `meta` is its record, None if there is none to read."""
    if directory.is_being_written:
        return "running"
    if meta is None or meta.finished_at is None:
        return "broken off"
    if meta.error is not None:
        return "interrupted" if meta.error.message == "interrupted" else "failed"
    return "complete" if all(done for _, done in _targets(meta)) else "time over"
