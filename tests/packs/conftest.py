from collections.abc import Callable
from pathlib import Path

import pytest

from aivj.packs.scan import PresetFile, scan_presets

MakeLibrary = Callable[..., list[PresetFile]]


@pytest.fixture
def make_library(tmp_path: Path) -> MakeLibrary:
    """Writes presets, given as text by relative path, and scans them."""

    def make(presets: dict[str, str], name: str = "library") -> list[PresetFile]:
        folder = tmp_path / name
        for relative_path, text in presets.items():
            path = folder / relative_path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("latin-1"))
        return scan_presets(folder)

    return make


@pytest.fixture(scope="session")
def corpus() -> list[PresetFile]:
    """The presets of Debian's projectm-data."""
    return scan_presets(Path("/usr/share/projectM/presets"))


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Reads all files below a folder, by relative path."""

    def read(folder: Path) -> dict[str, bytes]:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    return read
