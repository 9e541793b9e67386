"""What of a home nobody needs any more: runs, takes, and runs that wait for MLflow, by age.

What is being written, the run touched last, the most takes of a store, and whatever the bucket
serves are never among it.
"""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from aivj.contracts.fit_folder import CHECKPOINT_STEM
from aivj.contracts.json_text import read_object
from aivj.contracts.night import NightRecord, read_night
from aivj.contracts.run_meta import read_run_meta
from aivj.errors import AivjError, RunError
from aivj.pipeline.night import NightFiles, night_locked
from aivj.release.spool import forget, waiting_runs
from aivj.runs.directory import RunDirectory
from aivj.runs.listing import run_folders
from aivj.storage import open_folder, storage_errors
from aivj.takes.store import survey, tidying

_DAY_S = 24 * 3600.0
_NIGHT_RUN = "overnight-"

Kind = Literal["run", "takes", "spool"]


@dataclass(frozen=True)
class Policy:
    """What may go; what a field is None for, stays.

    Attributes:
        keep_runs: Runs that stay, those that were touched last.
        runs_days: Days that a run was not touched.
        takes_days: Days that nothing was added to takes that no run and no net which stays is of.
        spools_days: Days that a run waits for its MLflow server.
    """

    keep_runs: int | None = None
    runs_days: float | None = None
    takes_days: float | None = None
    spools_days: float | None = None


@dataclass(frozen=True)
class Needless:
    """Something that nobody needs any more.

    Attributes:
        kind: What it is.
        place: Where it is.
        age_days: Days since it was touched.
        num_bytes: How large it is; of a run, without its pictures.
        remove: Removes it. Raises `RunError` if somebody has begun to use it, and `StorageError`.
    """

    kind: Kind
    place: str
    age_days: float
    num_bytes: int
    remove: Callable[[], None]


@dataclass(frozen=True)
class HomeFolders:
    """Where a home keeps what may go.

    Attributes:
        home: Its folder on this disk.
        takes_uri: Its store of takes.
        fit: The folder of its net.
        spool: Where runs wait for MLflow.
    """

    home: Path
    takes_uri: str
    fit: Path
    spool: Path


def needless(
    places: HomeFolders, policy: Policy, now_s: Callable[[], float] = time.time
) -> Iterator[Needless]:
    """Yields what a policy lets go.

    Args:
        places: Where it is looked for.
        policy: What may go.
        now_s: Seconds since 1970.

    Raises:
        StorageError: The store of takes does not answer.
    """
    now = now_s()
    runs = list(run_folders(places.home))
    gone = list(_runs(places.home, runs, policy, now))
    yield from gone
    if policy.takes_days is not None:
        going = {each.place for each in gone}
        staying = [folder for folder in runs if str(folder) not in going]
        yield from _takes(places, staying, policy.takes_days, now)
    if policy.spools_days is not None:
        yield from _spools(places.spool, policy.spools_days, now)


def _runs(home: Path, runs: list[Path], policy: Policy, now_s: float) -> Iterator[Needless]:
    if policy.keep_runs is None and policy.runs_days is None:
        return
    touched = sorted(((_touched_s(folder), folder) for folder in runs), reverse=True)
    for place, (touched_s, folder) in enumerate(touched):
        age_days = (now_s - touched_s) / _DAY_S
        is_kept = place == 0 or place < (policy.keep_runs or 0)
        if is_kept or age_days < (policy.runs_days or 0) or RunDirectory(folder).is_being_written:
            continue
        num_bytes = sum(path.stat().st_size for path in _own_files(folder))
        yield Needless("run", str(folder), age_days, num_bytes, partial(_remove_run, home, folder))


def _touched_s(folder: Path) -> float:
    files = _own_files(folder) or [folder]
    return max(path.stat().st_mtime for path in files)


def _own_files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]


def _remove_run(home: Path, folder: Path) -> None:
    """Removes a run, and if it is a night's, what else is of that night alone."""
    stamp = folder.name.removeprefix(_NIGHT_RUN)
    files = NightFiles(str(home), stamp, ("",))
    night = None
    if folder == Path(files.run):
        night = read_night(open_folder(files.folder))
    with contextlib.ExitStack() as held:
        if night is not None:
            held.enter_context(night_locked(Path(files.folder)))
        held.enter_context(RunDirectory(folder).locked())
        _remove(folder)
        if night is not None:
            for place in _of_night(home, night):
                _remove(place)


def _of_night(home: Path, night: NightRecord) -> Iterator[Path]:
    files = NightFiles(str(home), night.stamp, tuple(night.packs))
    yield from (Path(files.evidence(pack)) for pack in night.packs)
    yield Path(files.log)
    yield Path(files.folder)


def _remove(place: Path) -> None:
    with storage_errors(place):
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


def _takes(
    places: HomeFolders, staying: list[Path], days: float, now_s: float
) -> Iterator[Needless]:
    used = {digest for folder in staying for digest in _conditions_of(folder)}
    used |= _conditions_of_net(places.fit)
    folders = [
        (folder, listed)
        for folder in survey.store_folders(places.takes_uri)
        if (listed := list(folder.objects.listing().values()))
    ]
    # A library's are drawn over days, and no run may have needed them yet.
    most = max((sum(info.size for info in listed) for _, listed in folders), default=0)
    for folder, listed in folders:
        if folder.digest in used or sum(info.size for info in listed) == most:
            continue
        age_days = (now_s - max(info.modified_at.timestamp() for info in listed)) / _DAY_S
        if age_days >= days:
            num_bytes = sum(info.size for info in listed)
            yield Needless(
                "takes",
                folder.objects.uri,
                age_days,
                num_bytes,
                partial(tidying.drop, folder.objects),
            )


def _conditions_of(run: Path) -> list[str]:
    """Returns what the takes of a run were drawn under.

    Raises:
        RunError: Nobody can tell, so none can be said to be needless.
    """
    path = RunDirectory(run).meta_path
    try:
        takes = read_run_meta(path).takes
    except AivjError as error:
        raise RunError(
            f"every run that stays to say which takes are its own, {path} too",
            error.found,
            "mend or remove that run, or leave takes alone",
        ) from error
    return [] if takes is None else takes.conditions


def _conditions_of_net(fit: Path) -> set[str]:
    path = fit / "models" / f"{CHECKPOINT_STEM}.json"
    if not path.exists():
        return set()
    told = read_object(path).get("takes")
    return set(told) if isinstance(told, list) else set()


def _spools(spool: Path, days: float, now_s: float) -> Iterator[Needless]:
    for folder in waiting_runs(spool):
        files = [path for path in folder.rglob("*") if path.is_file()]
        touched_s = max((path.stat().st_mtime for path in files), default=folder.stat().st_mtime)
        age_days = (now_s - touched_s) / _DAY_S
        if age_days >= days:
            num_bytes = sum(path.stat().st_size for path in files)
            yield Needless("spool", str(folder), age_days, num_bytes, partial(forget, folder))
