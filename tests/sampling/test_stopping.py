"""Asked to stop, a run stops soon, leaves everything whole and nothing running."""

import signal
import subprocess
import time

import psutil
import pytest
from sampling.test_resume import arguments, as_process, children_of, finished_once

from aivj.contracts.eval_rows import read_eval_rows
from aivj.contracts.run_meta import read_run_meta


@pytest.fixture(scope="module")
def home(tmp_path_factory, draw_pack):
    home = tmp_path_factory.mktemp("home")
    draw_pack(home / "public", 14)
    return home


@pytest.mark.parametrize(
    ("executor", "num_browsers", "number", "exit_code"),
    [("ray", 2, signal.SIGTERM, 143), ("in-process", 1, signal.SIGINT, 130)],
)
def test_a_signal_ends_a_run_within_ten_seconds(
    home, executor, num_browsers, number, exit_code, run_here
):
    out_dir = home / executor
    words = arguments(home, out_dir, executor=executor, num_browsers=num_browsers)
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
    took_s = time.monotonic() - asked

    assert driver.returncode == exit_code, said
    assert took_s < 10
    assert "Traceback" not in said
    assert "--resume" in said
    _, alive = psutil.wait_procs(children, timeout=10)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    assert read_eval_rows(rows).num_bad_lines == 0
    meta = read_run_meta(out_dir / "meta.json")
    assert meta.finished_at is not None
    assert meta.error.message == "interrupted"

    # Whoever began it: it is completed without Ray.
    ended = run_here(*arguments(home, out_dir, "--resume"))
    assert ended.exit_code == 0, ended.stderr
    assert finished_once(out_dir)
