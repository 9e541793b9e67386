"""Where this machine's Chromium is, for whoever asks without starting it."""

import shutil
from pathlib import Path

from aivj.errors import MissingDependencyError


def find_chromium() -> Path:
    """Returns the Chromium of this machine.

    Raises:
        MissingDependencyError: There is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise MissingDependencyError(
        "a Chromium", "none on PATH", "run `make setup`, or install the chromium package"
    )
