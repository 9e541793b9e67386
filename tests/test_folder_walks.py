"""No folder is walked whole but where that is bounded: libraries of presets and music are huge."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("aivj", "ray_jobs", "benchmarks", "scripts")

ALLOWED = {
    "aivj/pipeline/cleaning.py": "folders of our own that are to go, for their size",
    "aivj/runs/journal.py": "a run's own folder",
    "aivj/storage/file_bucket.py": "a bucket's own folder, below the prefix that is asked for",
    "aivj/storage/mirror.py": "what is mirrored of a home, below the prefix that is asked for",
    "benchmarks/wasted_night_faults.py": "a night's home of its own, with few presets",
}
"""Files that may walk, and what they walk."""


def walks(source: str) -> Iterator[str]:
    """Yields each call in a module that goes down a tree of folders, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (f"{node.lineno}: os.{n.name}" for n in node.names if n.name in _OF_OS)
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)):
            continue
        is_method = isinstance(node.func, ast.Attribute)
        name = node.func.attr if is_method else node.func.id
        of = node.func.value if is_method else None
        is_os = isinstance(of, ast.Name) and of.id == "os"
        deep = any("**" in str(each.value) for each in node.args if isinstance(each, ast.Constant))
        recursive = any(each.arg == "recursive" for each in node.keywords)
        if (
            name == "rglob"
            or (is_os and name in _OF_OS)
            or (name in {"glob", "iglob"} and (deep or recursive))
        ):
            yield f"{node.lineno}: {name}"


_OF_OS = {"walk", "fwalk"}


def _sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_only_the_allowed_files_walk():
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in _sources()
        if "web" not in path.relative_to(ROOT).parts and (lines := list(walks(path.read_text())))
    }

    assert len(_sources()) > 300
    assert found.keys() == ALLOWED.keys(), found


@pytest.mark.parametrize(
    ("source", "num"),
    [
        ("folder.rglob('*')", 1),
        ("os.walk(folder)", 1),
        ("from os import walk, path", 1),
        ("folder.glob('**/*.milk')", 1),
        ("glob.glob(pattern, recursive=True)", 1),
        ("folder.glob('*/x')", 0),
        ("ast.walk(tree)", 0),
        ("os.scandir(folder)", 0),
    ],
)
def test_a_walk_is_found(source, num):
    assert len(list(walks(source))) == num
