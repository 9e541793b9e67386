"""A killed run, completed by the same command: nothing lost, nothing twice, the same bytes.

A run under Ray is killed and resumed where it was, one in process and its disk with it; what either
had started ends with it.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import PurePath

import psutil
import pytest

from aivj.contracts.eval_rows import MEASUREMENT_FIELDS, read_eval_rows
from aivj.contracts.failures import read_failures
from aivj.contracts.run_meta import read_run_meta
from aivj.storage import open_bucket
from aivj.storage.mirror import Mirror

NUM_PAIRS = 14


def arguments(home, out_dir, *extra, executor="in-process", num_workers=1, takes=None):
    takes = takes or f"{home}/takes-{PurePath(out_dir).name}"
    return [
        *("--home", str(home), "sample", "--pack", "real", "--takes", takes),
        *("--gpu", "software", "--width", "96", "--height", "54", "--target-coverage", "1"),
        *("--warmup-frames", "4", "--measure-frames", "8", "--seed", "3"),
        *("--workers", str(num_workers)),
        *("--executor", executor, "--out-dir", str(out_dir), *extra),
    ]


def as_process(words):
    return [sys.executable, "-m", "aivj.cli", *words]


def measured(out_dir):
    rows = read_eval_rows(out_dir / "eval.jsonl").rows
    return {row.pair: [getattr(row, name) for name in MEASUREMENT_FIELDS] for row in rows}


def finished_once(out_dir):
    rows = read_eval_rows(out_dir / "eval.jsonl").rows
    failures = read_failures(out_dir / "failures.jsonl").rows
    counts = Counter([row.pair for row in rows] + [row.pair for row in failures])
    return sorted(counts) == list(range(NUM_PAIRS)) and set(counts.values()) == {1}


def children_of(driver):
    """Returns what a driver has started, and leaves it stopped: a run must not end meanwhile."""
    driver.send_signal(signal.SIGSTOP)
    return psutil.Process(driver.pid).children(recursive=True)


def assert_gone(children, timeout_s=30):
    _, alive = psutil.wait_procs(children, timeout=timeout_s)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.fixture(scope="module")
def home(tmp_path_factory, draw_pack):
    home = tmp_path_factory.mktemp("home")
    draw_pack(home / "public", NUM_PAIRS)
    return home


@pytest.fixture(scope="module")
def whole_run(home):
    out_dir = home / "whole"
    subprocess.run(as_process(arguments(home, out_dir)), check=True, timeout=800)
    assert finished_once(out_dir)
    return out_dir


@pytest.mark.usefixtures("ray_here")
def test_killed_at_any_moment_then_resumed(home, whole_run, run_here):
    out_dir = home / "killed"
    # What a worker has in hand comes in ever larger lots: the rest of the rows come together.
    num_rows_before_death = random.Random("ray").randint(1, 3)
    rows_path = out_dir / "eval.jsonl"
    words = arguments(home, out_dir, executor="ray", num_workers=2)
    driver = subprocess.Popen(as_process(words), stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 600
        while not rows_path.exists() or rows_path.read_bytes().count(b"\n") < num_rows_before_death:
            assert driver.poll() is None, "the driver ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        children = children_of(driver)
    finally:
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    assert not finished_once(out_dir)
    assert_gone(children)

    ended = run_here(*words, "--resume")

    assert ended.exit_code == 0, ended.stderr
    assert finished_once(out_dir)
    assert measured(out_dir) == measured(whole_run)
    meta = read_run_meta(out_dir / "meta.json")
    assert meta.progress["real"].done
    assert meta.resumed_at is not None


def test_killed_with_its_disk_then_resumed_on_an_empty_one(
    home, whole_run, s3_uri, tmp_path, monkeypatch, run_here
):
    laptop, bucket = tmp_path / "laptop", open_bucket(s3_uri)
    shutil.copytree(home / "public", laptop / "public")
    Mirror(bucket, laptop).deliver("public")
    monkeypatch.setenv("AIVJ_DRIVER_SILENCE_S", "6")
    words = arguments(s3_uri, f"{s3_uri}/runs/mine")

    monkeypatch.setenv("AIVJ_SCRATCH", str(tmp_path / "scratch"))
    driver = subprocess.Popen(as_process(words), stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 200
        while not rows_in(bucket):
            assert driver.poll() is None, "the driver ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        children = children_of(driver)
    finally:
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    assert_gone(children)
    assert bucket.get("runs/mine/eval.jsonl") is None
    num_rows_before = rows_in(bucket)
    monkeypatch.setenv("AIVJ_SCRATCH", str(tmp_path / "empty"))

    ended = run_here(*words, "--resume")

    assert ended.exit_code == 0, ended.stderr

    there = Mirror(bucket, tmp_path / "there")
    there.restore("runs/mine", wanted=lambda key: "journal" not in key)
    out_dir = there.folder / "runs" / "mine"
    assert finished_once(out_dir)
    assert measured(out_dir) == measured(whole_run)
    assert 0 < num_rows_before < NUM_PAIRS
    assert (out_dir / "eval.parquet").is_file()
    assert read_run_meta(out_dir / "meta.json").resumed_at is not None
    assert not (tmp_path / "empty").joinpath("takes").exists()
    assert [key for key in bucket.list("takes-mine/") if key.endswith(".index")]


def rows_in(bucket):
    beat = bucket.get("runs/mine/heartbeat.json")
    return 0 if beat is None else json.loads(beat[0])["numRows"]


def test_a_torn_row_is_measured_again(home, whole_run, tmp_path, run_here):
    out_dir = tmp_path / "torn"
    out_dir.mkdir()
    for name in ("meta.json", "failures.jsonl"):
        (out_dir / name).write_bytes((whole_run / name).read_bytes())
    rows = (whole_run / "eval.jsonl").read_bytes()
    (out_dir / "eval.jsonl").write_bytes(rows[:-40])

    # What was drawn is kept elsewhere, and has not suffered.
    words = arguments(home, out_dir, "--resume", takes=f"{home}/takes-{whole_run.name}")
    ended = run_here(*words)

    assert ended.exit_code == 0, ended.stderr
    assert finished_once(out_dir)
    assert measured(out_dir) == measured(whole_run)


def test_a_used_directory_is_neither_overwritten_nor_mixed(home, whole_run, run_here):
    before = (whole_run / "eval.jsonl").read_bytes()

    ended = run_here(*arguments(home, whole_run))
    assert ended.exit_code == 3
    assert "--resume" in ended.stderr
    ended = run_here(*arguments(home, whole_run, "--resume", "--seed", "4"))
    assert ended.exit_code == 3
    assert "seed" in ended.stderr
    ended = run_here(*arguments(home, whole_run, "--resume", "--luma-min", "0.2"))
    assert ended.exit_code == 3
    assert (whole_run / "eval.jsonl").read_bytes() == before
