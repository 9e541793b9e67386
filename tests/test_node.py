"""What a node lacks is said by name, before anything that it lacks is needed."""

import subprocess
import sys
from pathlib import Path

from aivj import job, node

PROJECT = Path(__file__).parents[1]


def test_here_nothing_is_missing():
    assert node.missing() == []


def test_all_that_the_project_asks_for_is_looked_for(monkeypatch):
    monkeypatch.setattr(node, "_is_installed", lambda _: False)
    assert {"ray", "torch", "playwright", "pydantic-settings"} <= set(node.missing_packages())


def test_an_installed_project_knows_what_it_asks_for_without_a_checkout(monkeypatch, tmp_path):
    monkeypatch.setattr(node, "_PROJECT", tmp_path / "absent.toml")
    monkeypatch.setattr(node, "_is_installed", lambda _: False)
    found = set(node.missing_packages())
    assert {"ray", "torch", "playwright", "pydantic-settings"} <= found
    assert "av" not in found  # of an extra


def test_programs_and_the_stage_are_looked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "_STAGE", tmp_path / "absent")
    assert node.missing() == ["Chromium", "Node.js", "the built stage"]


def test_a_job_says_which_packages_its_node_lacks_and_where():
    # Without site-packages, as on a node where nothing is installed.
    program = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
        "from aivj.job import run_job\n"
        "run_job('train')\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == job._LACKS_CODE
    expected, found, remedy = done.stderr.splitlines()
    assert expected.endswith(f"on node {node.node_name()}")
    assert "mlflow, numba, numpy" in found
    assert "docs/jobs.md" in remedy


def test_the_code_is_that_of_a_missing_dependency():
    from aivj.errors import MissingDependencyError

    assert MissingDependencyError.exit_code == job._LACKS_CODE
