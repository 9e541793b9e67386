from collections.abc import Callable
from pathlib import Path

import pytest

from aivj.presets import Milk, parse_milk
from aivj.presets.program import Program, read_program

CORPUS = Path("/usr/share/projectM/presets")


@pytest.fixture(scope="session")
def corpus() -> dict[str, bytes]:
    """Bytes of every preset of Debian's projectm-data, by relative path."""
    files = (path for path in sorted(CORPUS.rglob("*")) if path.suffix.lower() == ".milk")
    return {path.relative_to(CORPUS).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="session")
def milks(corpus: dict[str, bytes]) -> dict[str, Milk]:
    return {name: parse_milk(data) for name, data in corpus.items()}


@pytest.fixture(scope="session")
def program_of() -> Callable[..., Program]:
    """Reads the code of a preset given line by line."""
    return lambda *lines: read_program(parse_milk("\n".join(lines).encode()))
