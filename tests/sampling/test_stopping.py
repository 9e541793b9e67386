"""Asked to stop, a run stops soon, leaves everything whole and nothing running."""

import signal
import subprocess
import time

import pytest
from sampling.test_resume import (
    arguments,
    as_process,
    assert_gone,
    children_of,
    finished_once,
)

from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.run_meta import read_run_meta


@pytest.fixture(scope="module")
def home(tmp_path_factory, draw_pack):
    home = tmp_path_factory.mktemp("home")
    draw_pack(home / "public", 14)
    return home


def stop(words, out_dir, number):
    """Has a run stopped by a signal once it has rows; returns how the process ended."""
    driver = subprocess.Popen(as_process(words), stderr=subprocess.PIPE, text=True)
    rows = out_dir / "eval.jsonl"
    deadline = time.monotonic() + 600
    while not rows.exists() or rows.read_bytes().count(b"\n") < 3:
        assert driver.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    children = children_of(driver)

    asked = time.monotonic()
    driver.send_signal(number)
    driver.send_signal(signal.SIGCONT)
    _, said = driver.communicate(timeout=60)

    assert time.monotonic() - asked < 10
    assert "Traceback" not in said
    assert "--resume" in said
    assert_gone(children, timeout_s=10)
    assert read_eval_rows(rows).num_bad_lines == 0
    meta = read_run_meta(out_dir / "meta.json")
    assert meta.finished_at is not None
    assert meta.error.message == "interrupted"
    return driver.returncode


def test_ctrl_c_ends_a_run_within_ten_seconds(home):
    out_dir = home / "in-process"
    assert stop(arguments(home, out_dir), out_dir, signal.SIGINT) == 130


def test_sigterm_ends_a_run_under_ray_which_is_completed_without(home, run_here):
    out_dir = home / "ray"
    words = arguments(home, out_dir, executor="ray", num_workers=2)
    assert stop(words, out_dir, signal.SIGTERM) == 143

    ended = run_here(*arguments(home, out_dir, "--resume"))

    assert ended.exit_code == 0, ended.stderr
    assert finished_once(out_dir)
