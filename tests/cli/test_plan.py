"""`aivj plan` as people and programs call it."""

import json

from takes.store.made_takes import CONDITIONS, drawn

from aivj.takes.store import TakeStore


def test_it_says_what_binds_and_what_it_costs(run_here):
    ended = run_here("plan", "--presets", "130000", "--gpus", "8", "--gpu-s", "0.05")
    assert ended.exit_code == 0
    told = {line[:29].strip(): line[29:].strip() for line in ended.stdout.splitlines()}
    assert told["what binds"] == "gpu"
    assert told["drawing"] == "15.6 min on 8 GPUs"
    assert told["GPUs, rtx-4090"].startswith("$1.07 to $2.77")


def test_for_programs_with_what_a_store_tells(tmp_path, run_here):
    writer = TakeStore.open(tmp_path / "takes", CONDITIONS).writer()
    writer.add(drawn("a"))
    writer.flush()
    ended = run_here("plan", "--presets", "10", "--takes", tmp_path / "takes", "--json")
    assert ended.exit_code == 0
    found = json.loads(ended.stdout)
    assert found["measured"]["rendererClass"] == "llvmpipe"
    assert found["takesPerS"]["gpu"] is None
    assert found["request"]["presets"] == 10


def test_a_gpu_without_a_price_is_refused(run_here):
    ended = run_here("plan", "--presets", "10", "--gpu", "b200")
    assert ended.exit_code == 3
    assert "rtx-4090" in ended.stderr
