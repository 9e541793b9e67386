"""Jobs that train and sweep, held to the verbs they are. `test_loop` has a job that trains."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
JOBS = {"train": "train_coupling.py", "sweep": "sweep_coupling.py"}


def run_job(job, *arguments):
    command = [sys.executable, PROJECT / "ray_jobs" / JOBS[job], *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("job", JOBS)
def test_the_help_is_that_of_the_verb(job):
    done = run_job(job, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"aivj {job} --pack mine" in done.stdout


def test_the_exit_code_is_that_of_aivj(tmp_path):
    # Told before torch is loaded.
    done = run_job("train", "--config", tmp_path / "absent.yaml")
    assert done.returncode == 3
    assert "absent.yaml" in done.stderr
