"""A sampling job: submitted, submitted again, and refused."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from aivj.contracts.eval_rows import read_eval_rows

PROJECT = Path(__file__).parents[2]
NUM_PAIRS = 6

pytestmark = pytest.mark.timeout(1800)


def sampling(home):
    """What a job that samples `home` is given."""
    return [
        *("--pack", "real", "--gpu", "software", "--width", 64, "--height", 36),
        *("--warmup-frames", 2),
        *("--measure-frames", 4, "--target-coverage", 1, "--workers", 2),
        *("--out-dir", home / "run"),
    ]


def test_a_job_samples_and_the_same_job_again_measures_nothing_twice(head, home):
    first = head.submit("sample_pairs", *sampling(home), home=home, token=head.token)
    assert first.returncode == 0, first.stdout
    rows = (home / "run" / "eval.jsonl").read_bytes()
    pairs = Counter(row.pair for row in read_eval_rows(home / "run" / "eval.jsonl").rows)
    assert pairs == Counter(range(NUM_PAIRS))

    again = head.submit("sample_pairs", *sampling(home), home=home, token=head.token)

    assert again.returncode == 0, again.stdout
    assert (home / "run" / "eval.jsonl").read_bytes() == rows
    # What was taken along: the code and the built stage, not what git ignores besides.
    taken = next(head.folder.glob("session_2*/runtime_resources/working_dir_files/_ray_pkg_*/"))
    assert (taken / "aivj/stage/web/dist/probe.js").is_file()
    names = {path.name for path in taken.iterdir()}
    assert names >= {"aivj", "ray_jobs"}
    assert not names & {".venv", ".git", "node_modules", "var", "tests"}
    assert sum(path.stat().st_size for path in taken.rglob("*")) < 20e6


@pytest.mark.parametrize("token", [None, "0" * 64], ids=["none", "wrong"])
def test_without_the_token_nothing_is_taken(head, home, token):
    refused = head.submit("sample_pairs", *sampling(home), home=home, token=token)

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
