"""What lies in a home folder: packs with all that was made of them, and runs."""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Number
from aivj.contracts.json_text import ContractModel, parse_json, read_bytes
from aivj.contracts.pack_size import pack_size
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, PairsManifest, read_pairs_manifest
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, read_pairs_quality
from aivj.contracts.preferences import PREFERENCES_NAME, read_preferences
from aivj.contracts.run_folder import EVAL_NAME, LOCK_NAME, LOG_NAME, META_NAME, PICTURES_NAME
from aivj.contracts.run_meta import RunMeta, read_run_meta
from aivj.errors import InputError
from aivj.release.opening import open_bucket
from aivj.release.pointer import pointer_key, read_pointer
from aivj.sampling.run_directory import RunDirectory
from aivj.settings import Settings
from aivj.storage import sha256_hex

_LIBRARY_MANIFEST_NAME = "library-manifest.json"
# Folders of a home that hold many files and never a run.
_NO_RUNS = frozenset({"cache", "public", "bucket", "mlflow", PICTURES_NAME, "models"})
_DEPTH = 4

RunState = Literal["running", "complete", "time over", "interrupted", "failed", "broken off"]


class PackEntry(ContractModel):
    """One pack or library below `public/presets`."""

    name: str
    num_pairs: int | None = Field(description="Pairs of its manifest; null without one to read")
    num_presets: int = Field(description="Different presets that it names")
    quality_std: Number | None = Field(description="Deviation of its scores; null without scores")
    num_scored: int = Field(description="Pairs with a score")
    num_preferences: int = Field(description="Judgements of people that stand")
    num_runs: int = Field(description="Runs in this home that sampled it")
    released: str | None = Field(description="Digest of the scores that the bucket serves")
    is_released: bool = Field(description="Whether those are the very scores of the pack")
    problem: str | None = Field(description="Why it cannot be used; null if it can")
    oddities: list[str] = Field(
        default=[], description="Entries left out, presets that repeat, another size than known"
    )


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


class Packs(ContractModel):
    """All packs of a home, by name."""

    version: str = "v0"
    home: str
    bucket: str
    packs: list[PackEntry]


class Runs(ContractModel):
    """All runs of a home, the latest first."""

    version: str = "v0"
    home: str
    runs: list[RunEntry]


def list_packs(settings: Settings, bucket_uri: str) -> Packs:
    """Lists the packs of a home, and what the bucket serves of them.

    Raises:
        StorageError: The bucket does not answer.
    """
    root = settings.packs_root / "presets"
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    num_runs = Counter(pack for run in _runs(settings.home) for pack in run.packs)
    entries = [
        _pack_entry(folder, num_runs[folder.name], _served(bucket_uri, folder.name))
        for folder in folders
        if not folder.name.startswith(".")
    ]
    return Packs(home=str(settings.home), bucket=bucket_uri, packs=entries)


def list_runs(home: Path) -> Runs:
    """Lists the runs of a home, the latest first."""
    runs = sorted(_runs(home), key=lambda run: (run.started_at or "", run.path), reverse=True)
    return Runs(home=str(home), runs=runs)


def run_entry(folder: Path) -> RunEntry:
    """Describes one run."""
    directory = RunDirectory(folder)
    tally = _tally(directory.eval_path)
    try:
        meta = read_run_meta(directory.meta_path)
    except InputError:
        meta = None
    known = [] if meta is None else [target.pack for target in meta.packs]
    return RunEntry(
        path=str(folder),
        packs=known or sorted(tally.packs),
        num_rows=tally.num_rows,
        num_failures=_num_lines(directory.failures_path),
        num_target=None if meta is None else sum(target for target, _ in _targets(meta)),
        state=_state(folder, meta),
        started_at=None if meta is None else meta.started_at,
        ok_rate=tally.num_ok / tally.num_rows if tally.num_rows else None,
        driver=None if meta is None else meta.driver,
    )


def _pack_entry(folder: Path, num_runs: int, served: str | None) -> PackEntry:
    manifest, num_presets, problem = _contents(folder)
    std, num_scored = _scores(folder / PAIRS_QUALITY_NAME)
    path = folder / PAIRS_QUALITY_NAME
    return PackEntry(
        name=folder.name,
        num_pairs=None if manifest is None else len(manifest.pairs),
        num_presets=num_presets,
        quality_std=std,
        num_scored=num_scored,
        num_preferences=_num_preferences(folder / PREFERENCES_NAME),
        num_runs=num_runs,
        released=served,
        is_released=served is not None
        and path.is_file()
        and sha256_hex(path.read_bytes()) == served,
        problem=problem,
        oddities=[] if manifest is None else _oddities(manifest),
    )


def _oddities(manifest: PairsManifest) -> list[str]:
    left_out = [manifest.left_out] if manifest.left_out else []
    return [*left_out, *pack_size(manifest).oddities]


def _contents(folder: Path) -> tuple[PairsManifest | None, int, str | None]:
    """Returns a pack's manifest, how many presets it names, and what is wrong with it."""
    library = folder / _LIBRARY_MANIFEST_NAME
    if library.is_file() and not (folder / PAIRS_MANIFEST_NAME).exists():
        try:
            presets = parse_json(read_bytes(library), str(library))["presets"]
            return None, len(presets), None
        except (InputError, KeyError, TypeError):
            return None, 0, f"{_LIBRARY_MANIFEST_NAME} lists no presets"
    try:
        manifest = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=folder.name)
    except InputError as error:
        return None, 0, f"{PAIRS_MANIFEST_NAME}: {error.found}"
    urls = {url for pair in manifest.pairs for url in (pair.fg_url, pair.bg_url)}
    return manifest, len(urls), None


def _scores(path: Path) -> tuple[float | None, int]:
    try:
        quality = read_pairs_quality(path)
    except InputError:
        return None, 0
    return quality.quality_stats.std, len(quality.pairs)


def _num_preferences(path: Path) -> int:
    try:
        return len(read_preferences(path).rows)
    except InputError:
        return 0


def _served(bucket_uri: str, pack: str) -> str | None:
    try:
        found = read_pointer(open_bucket(bucket_uri), pointer_key(pack))
    except InputError:
        return None
    return None if found is None else found[0].digest


def _runs(home: Path) -> Iterator[RunEntry]:
    """Yields the runs below `home`; folders of other things are not entered."""
    unread = [(home, 0)]
    while unread:
        folder, depth = unread.pop()
        if _is_run(folder):
            yield run_entry(folder)
        elif depth < _DEPTH:
            unread += [(child, depth + 1) for child in _folders(folder)]


def _is_run(folder: Path) -> bool:
    return (folder / EVAL_NAME).is_file() or (
        (folder / META_NAME).is_file() and (folder / LOG_NAME).is_file()
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


@dataclass
class _Tally:
    num_rows: int = 0
    num_ok: int = 0
    packs: frozenset[str] = frozenset()


def _tally(path: Path) -> _Tally:
    """Counts the lines that are rows, without judging them: a night has many."""
    num_rows = num_ok = 0
    packs = set()
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            row = json.loads(line)
            packs.add(str(row["pack"]))
        except (ValueError, KeyError, TypeError):
            continue
        num_rows += 1
        num_ok += row.get("okHeuristic") is True
    return _Tally(num_rows, num_ok, frozenset(packs))


def _num_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _targets(meta: RunMeta) -> Iterator[tuple[int, bool]]:
    """Yields the picks or pairs that each pack aims at, and whether it got there."""
    for target in meta.packs:
        entry = meta.progress.get(target.pack)
        wanted = target.target_unique_pairs if meta.target_samples is None else meta.target_samples
        if entry is None:
            yield wanted, False
        else:
            yield (
                entry.target,
                entry.done if entry.done is not None else (entry.visited >= entry.target),
            )


def _state(folder: Path, meta: RunMeta | None) -> RunState:
    if _is_locked(folder / LOCK_NAME):
        return "running"
    if meta is None or meta.finished_at is None:
        return "broken off"
    if meta.error is not None:
        return "interrupted" if meta.error.message == "interrupted" else "failed"
    return "complete" if all(done for _, done in _targets(meta)) else "time over"


def _is_locked(lock: Path) -> bool:
    """Whether a process writes the run; a lock that nobody holds is left as it is."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
