"""Which runs there are to look at: those of a home, and those of a runtime's project."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.run_folder import EVAL_NAME, META_NAME
from aivj.errors import InputError
from aivj.runs.listing import run_folders

_ARTIFACTS = "artifacts"
_RUNS = "coupled-eval"
_OVERNIGHT = "overnight-"


@dataclass(frozen=True)
class RunPlace:
    """A run's folder, and what lies around it.

    Attributes:
        id: What it is called in addresses.
        folder: Its folder.
        base: Packs, nets and evidence lie below it.
        artifacts: Evidence and logs of a night; None of any other run.
        is_of_home: Whether the run is one of a home, and not of a runtime's project.
    """

    id: str
    folder: Path
    base: Path
    artifacts: Path | None
    is_of_home: bool = False

    @property
    def stamp(self) -> str:
        """When a night began, as its folder says it, or the folder's name."""
        return self.folder.name.removeprefix(_OVERNIGHT)

    @property
    def touched_s(self) -> float:
        """Its last sign of life, seconds since 1970; 0 if there is none."""
        if not self.is_of_home:  # as other programs find the latest
            return _mtime_s(self.folder)
        return max(_mtime_s(self.folder / name) for name in (EVAL_NAME, META_NAME, "."))


@dataclass(frozen=True)
class Places:
    """Where runs are looked for.

    Attributes:
        home: Home folder, whose runs are ours.
        project: Project of a runtime, whose runs lie in `artifacts/coupled-eval/overnight-*`.
        eval_dir: One run's folder: then no other is looked at.
        stamp: Only runs of that name, or `overnight-` and it.
    """

    home: Path
    project: Path | None = None
    eval_dir: Path | None = None
    stamp: str | None = None

    def runs(self) -> list[RunPlace]:
        """Returns the runs there are, the one touched last first."""
        if self.eval_dir is not None:
            return [_named(self.eval_dir, self.home, self.project)]
        found = [*_of_project(self.project), *_of_home(self.home)]
        if self.stamp is not None:
            found = [run for run in found if self.stamp in {run.stamp, run.folder.name}]
        return sorted(found, key=lambda run: run.touched_s, reverse=True)

    def nowhere(self) -> RunPlace:
        """Returns what is looked at while there is no run; it has no id."""
        return RunPlace("", self.home / "runs" / ".none", self.home, None, is_of_home=True)

    def require(self) -> None:
        """Checks what was named.

        Raises:
            InputError: There is no such folder, or no run of that stamp.
        """
        for folder in (self.eval_dir, self.project):
            if folder is not None and not folder.is_dir():
                raise InputError(f"a folder {folder}", "none", "name the folder of a run")
        if self.stamp is not None and not self.runs():
            raise InputError(
                f"a run with the stamp {self.stamp!r}",
                f"none in {self.project or self.home}",
                "look at `aivj runs`, or name its folder with --eval-dir",
            )


def _named(folder: Path, home: Path, project: Path | None) -> RunPlace:
    above = folder.absolute().parent
    is_of_project = (above.name, above.parent.name) == (_RUNS, _ARTIFACTS)
    base = above.parent.parent if is_of_project else project
    artifacts = None if base is None else base / _ARTIFACTS
    return RunPlace(folder.name, folder, base or home, artifacts)


def _of_project(project: Path | None) -> list[RunPlace]:
    if project is None:
        return []
    artifacts = project / _ARTIFACTS
    folders = _children(artifacts / _RUNS)
    return [
        RunPlace(folder.name, folder, project, artifacts)
        for folder in folders
        if folder.name.startswith(_OVERNIGHT)
    ]


def _of_home(home: Path) -> list[RunPlace]:
    artifacts = home / _ARTIFACTS
    nights = artifacts / _RUNS
    return [
        RunPlace(
            folder.relative_to(home).as_posix(),
            folder,
            home,
            artifacts if folder.parent == nights else None,
            is_of_home=True,
        )
        for folder in run_folders(home)
    ]


def _children(folder: Path) -> Sequence[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _mtime_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
