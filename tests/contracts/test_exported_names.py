import ast
import importlib
from pathlib import Path

import pytest

INTERNAL = {"T", "Row", "Model"}


@pytest.mark.parametrize("package", ["aivj.contracts", "aivj.audio"])
def test_the_package_hands_on_every_public_name(package):
    module = importlib.import_module(package)
    folder = Path(str(module.__file__)).parent
    defined = {name for file in folder.glob("[!_]*.py") for name in public_names(file.read_text())}
    assert set(module.__all__) == defined - INTERNAL
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(module.__all__) == len(set(module.__all__))


def public_names(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}
