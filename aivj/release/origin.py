"""Where a run comes from: program, user and commit, as tags that MLflow's page knows."""

import getpass
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import aivj

_GIT_TIMEOUT_S = 5


def origin_tags(verb: str, command: str) -> dict[str, str]:
    """Returns tags on who runs what.

    Args:
        verb: The verb of the command line.
        command: The whole command, as it could be typed again.
    """
    tags = {
        "mlflow.source.name": f"aivj {verb}",
        "mlflow.source.type": "LOCAL",
        "mlflow.project.entryPoint": verb,
        "aivj.command": command,
        "aivj.version": _version(),
    }
    user = _user()
    if user:
        tags["mlflow.user"] = user
    commit = _git("rev-parse", "HEAD")
    if commit:
        tags["mlflow.source.git.commit"] = commit
        tags["aivj.git_dirty"] = str(bool(_git("status", "--porcelain", "-uno"))).lower()
    return tags


def _version() -> str:
    try:
        return version("aivj")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return None


def _git(*arguments: str) -> str | None:
    """Returns what git says of the folder that this package lies in; None where it says nothing.

    A package that was installed elsewhere lies in nobody's working tree, or in one that only
    ignores it: then there is no commit to tell.
    """
    folder = Path(aivj.__file__).parent
    try:
        tracked = _said(folder, "ls-files", "--error-unmatch", "__init__.py")
        return _said(folder, *arguments) if tracked else None
    except (OSError, subprocess.SubprocessError):
        return None


def _said(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever git the user has
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_GIT_TIMEOUT_S,
        check=True,
    )
    return done.stdout.strip()
