"""No module needs itself: imports run one way, deferred ones and those for types included."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def modules(root: Path, package: str) -> dict[str, Path]:
    """Returns the Python files of a package by the name under which they are imported."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((root / package).rglob("*.py"))
        if "node_modules" not in path.parts
    }


def imported(source: str) -> Iterator[str]:
    """Yields what a text imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(paths: Mapping[str, Path]) -> dict[str, list[str]]:
    """Returns which modules each one imports from; a name out of a module stands for the module."""
    graph: dict[str, list[str]] = {}
    for name, path in paths.items():
        found = {module_of(target, paths) for target in imported(path.read_text())}
        graph[name] = sorted(found - {"", name})
    return graph


def module_of(target: str, paths: Mapping[str, Path]) -> str:
    """Returns the module that an imported name is or stands in; nothing if it is not ours."""
    while target and target not in paths:
        target = target.rpartition(".")[0]
    return target


def circle(graph: Mapping[str, list[str]]) -> list[str]:
    """Returns modules of which each imports the next, the last one the first; empty if none do."""
    done: set[str] = set()
    way: list[str] = []

    def visit(name: str) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        way.append(name)
        found = next((ring for target in graph[name] if (ring := visit(target))), [])
        way.pop()
        done.add(name)
        return found

    return next((ring for name in graph if (ring := visit(name))), [])


def test_no_module_of_ours_needs_itself() -> None:
    graph = imports(modules(ROOT, "aivj"))
    assert len(graph) > 100
    assert " -> ".join(circle(graph)) == ""


def test_a_circle_is_found_and_shown(tmp_path: Path) -> None:
    package = tmp_path / "house"
    package.mkdir()
    for name, text in {
        "__init__": "",
        "door": "from house import hall\nimport json\n",
        "hall": "def enter():\n    from house.stairs import climb\n    climb()\n",
        "stairs": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.attic\n",
        "attic": "from house.hall import enter\n",
    }.items():
        (package / f"{name}.py").write_text(text)
    graph = imports(modules(tmp_path, "house"))
    assert circle(graph) == ["house.attic", "house.hall", "house.stairs", "house.attic"]
    (package / "attic.py").write_text("")
    assert circle(imports(modules(tmp_path, "house"))) == []
