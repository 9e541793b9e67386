"""A run without a fault."""

import shutil
from pathlib import Path

import pytest
from gate.run_check.good_run import RunFolder, write_good_run


@pytest.fixture(scope="session")
def written_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder below which a good run and its pack were written."""
    root = tmp_path_factory.mktemp("good")
    write_good_run(root)
    return root


@pytest.fixture
def good_run(written_once: Path, tmp_path: Path) -> RunFolder:
    """A copy of it, to be spoilt."""
    shutil.copytree(written_once, tmp_path, dirs_exist_ok=True)
    return RunFolder.below(tmp_path)
