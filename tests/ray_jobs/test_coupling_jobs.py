"""Jobs that train and sweep: one submitted to a real head, both held to the verbs they are."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from pipeline.tiny_pack import PACK, TinyPack

from aivj.coupling.checkpoint import read_checkpoint

PROJECT = Path(__file__).parents[2]
# A worker group of Ray Train takes minutes to start on a machine that has much else to do.
pytestmark = pytest.mark.timeout(1200)

JOBS = {"train": "train_coupling.py", "sweep": "sweep_coupling.py"}


def test_a_job_trains_the_very_net_that_a_fit_in_process_gives(head, tmp_path, run_here):
    pack = TinyPack(tmp_path / "home", num_pairs=10).write()
    asked = [
        *("--pack", PACK, "--extra-eval-jsonl", pack.eval_path, "--eval-target", "compat"),
        *("--epochs", 2, "--allow-cpu", "--out-dir"),
    ]
    done = head.submit("train_coupling", *asked, tmp_path / "job", home=pack.home, token=head.token)
    assert done.returncode == 0, done.stdout
    ended = run_here("--home", pack.home, "train", *asked, tmp_path / "here")
    assert ended.exit_code == 0, ended.stderr

    theirs, ours = (
        read_checkpoint(tmp_path / folder / "models/coupling_net_final.safetensors")
        for folder in ("job", "here")
    )
    assert theirs.card.metrics["epoch"] == 2
    for name, value in ours.net.state_dict().items():
        assert torch.equal(theirs.net.state_dict()[name], value), name
    assert (tmp_path / "job" / "ray").is_dir()
    assert not (tmp_path / "here" / "ray").exists()
    assert "the CPU was allowed" in done.stdout


def run_job(job, *arguments):
    command = [sys.executable, PROJECT / "ray_jobs" / JOBS[job], *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("job", JOBS)
def test_the_help_is_that_of_the_verb(job):
    done = run_job(job, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"aivj {job} --pack mine" in done.stdout


def test_the_exit_code_is_that_of_aivj(tmp_path):
    done = run_job("train", "--pack", "absent", "--allow-cpu", "--out-dir", tmp_path)
    assert done.returncode == 3
    assert "absent" in done.stderr
