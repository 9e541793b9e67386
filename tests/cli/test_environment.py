"""Environments that a shell, a container or a cron job hands down."""

import json
import os
import subprocess
import sys

import pytest
from gate.run_check.good_run import write_good_run


def run_in(cwd, *arguments, unset=(), **environment):
    """Runs the command line with another environment; returns the finished process."""
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(
        [sys.executable, "-m", "aivj.cli", *map(str, arguments)],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("unset", "environment"),
    [
        (("HOME",), {}),
        ((), {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ((), {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
        ((), {"LANG": "xx_YY", "LC_ALL": "xx_YY"}),
        ((), {"TZ": "Pacific/Kiritimati", "DISPLAY": ":77"}),
    ],
    ids=lambda given: " ".join(given) if given else "-",
)
def test_a_run_is_checked_in_any_environment(tmp_path, unset, environment):
    run = write_good_run(tmp_path)
    done = run_in(tmp_path, "check-run", run.path, "--json", unset=unset, **environment)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["verdict"] == "passed"


def test_a_home_may_be_relative(tmp_path):
    done = run_in(tmp_path, "packs", AIVJ_HOME="here")
    assert done.returncode == 0
    assert b"here" in done.stdout + done.stderr
