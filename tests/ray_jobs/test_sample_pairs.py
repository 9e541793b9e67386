"""A sampling job: refused, and what its script says. `test_loop` has one that samples."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("token", [None, "0" * 64], ids=["none", "wrong"])
def test_without_the_token_nothing_is_taken(head, home, token):
    refused = head.submit("sample_pairs", "--pack", "real", home=home, token=token)

    assert refused.returncode == 3
    assert f"found    {'none (401)' if token is None else 'another one (403)'}" in refused.stdout
    assert "raysubmit" not in refused.stdout


def run_here(*arguments):
    script = PROJECT / "ray_jobs" / "sample_pairs.py"
    command = [sys.executable, script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_help_is_that_of_the_verb():
    done = run_here("--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert "--out-dir" in done.stdout


def test_the_exit_code_is_that_of_aivj(tmp_path):
    assert run_here("--no-such-option").returncode == 2
    done = run_here("--pack", "absent", "--gpu", "software", "--out-dir", tmp_path)
    assert done.returncode == 3
    assert "absent" in done.stderr
