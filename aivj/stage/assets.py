"""Where the built web app lies."""

from pathlib import Path

from aivj.errors import MissingDependencyError

DIST = Path(__file__).parent / "web" / "dist"


def built_stage() -> Path:
    """Returns the folder of the built stage.

    Raises:
        MissingDependencyError: It has not been built.
    """
    if not (DIST / "probe.js").is_file():
        raise MissingDependencyError(
            f"the built stage in {DIST}",
            "nothing there",
            "run `make setup` (npm ci, npm run build)",
        )
    return DIST
