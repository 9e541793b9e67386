import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from aivj.cli import stats
from aivj.cli.app import app
from aivj.errors import GateError, InputError

KINDS = sorted(
    command.callback.__name__.replace("_", "-") for command in stats.app.registered_commands
)
MOVING = "selected preset p{n} (m=0.3, tier=strict)\n"
PICK = "[info] [sel] mode={mode} pack=tested pair={pair} q=na presetId=x reason=verify\n"


@pytest.fixture
def log(tmp_path):
    """Writes a log and returns its path as text."""

    def log(text, name="a.log"):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return log


def invoke(*arguments):
    return CliRunner().invoke(app, ["stats", *arguments], env={"COLUMNS": "200"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_explains_itself_with_an_example(kind):
    done = invoke(kind, "--help")
    assert done.exit_code == 0
    assert f"Example: aivj stats {kind} " in done.output


def test_all_kinds_and_exit_codes_stand_under_help():
    output = invoke("--help").output
    assert all(kind in output for kind in KINDS)
    assert "7 not passed" in output


def test_selection_passes_over_several_logs(log):
    moving = "".join(MOVING.format(n=n) for n in range(3))
    done = invoke("selection", log(moving), log("selected preset x (m=?)\n", "b.log"))
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "pass: 3 of 3 matched picks move"
    assert ["numBadLines", "1"] in [line.split() for line in done.output.splitlines()]


def test_json_is_all_that_is_printed_and_what_is_written(log, tmp_path):
    path = tmp_path / "result.json"
    moving = log("".join(MOVING.format(n=n) for n in range(6)))
    done = invoke("data-link", moving, "--json", "--write", str(path))
    assert done.exit_code == 0
    assert json.loads(done.stdout) == json.loads(path.read_text())
    assert json.loads(done.stdout)["matched"] == 6


def test_data_link_with_a_prefix(log):
    done = invoke("data-link", log(MOVING.format(n=1) * 9), "--prefix", "q")
    assert isinstance(done.exception, GateError)
    assert "0 of them begin with q" in done.exception.found


def test_picks_take_the_scores_of_the_file(log, tmp_path):
    quality = tmp_path / "pairs-quality.v0.json"
    pairs = [{"pair": pair, "quality01": pair / 10} for pair in range(10)]
    quality.write_text(json.dumps({"pack": "tested", "pairs": pairs}))
    picks = PICK.format(mode="weighted", pair=9) * 50 + PICK.format(mode="shuffle", pair=1) * 50
    done = invoke("picks", log(picks), "--quality", str(quality), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["uplift"]["mean"] == pytest.approx(0.8)


def test_preload_without_its_gate_only_tells(log):
    path = log("frame-time 90ms\n" * 20)
    assert isinstance(invoke("preload", path).exception, GateError)
    done = invoke("preload", path, "--no-gate")
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "fail: 20 of 20 frames above 33 ms"


def test_frame_time_and_budget_write_their_artifacts(log, tmp_path):
    path = log("frame-time 16ms aggr=1\n" * 10 + "frame-time 18ms aggr=0.8\n" * 10)
    names = {"frame-time": "frame-time.json", "budget": "budget-dynamics.json"}
    for kind, name in names.items():
        assert invoke(kind, path, "--write", str(tmp_path / name)).exit_code == 0
    assert json.loads((tmp_path / "frame-time.json").read_text())["p95Ms"] == 18
    assert json.loads((tmp_path / "budget-dynamics.json").read_text())["ok"] is True


@pytest.mark.parametrize("kind", ["selection", "data-link", "preload", "frame-time", "budget"])
def test_an_empty_log_never_passes(log, kind):
    done = invoke(kind, log(""))
    assert isinstance(done.exception, GateError)
    assert "not-applicable" in done.output


def test_a_log_that_is_missing(tmp_path):
    assert isinstance(invoke("budget", str(tmp_path / "missing.log")).exception, InputError)


def test_the_process_ends_with_the_documented_code(log):
    command = [sys.executable, "-m", "aivj.cli", "stats", "selection", log("selected preset x\n")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 7
    assert [line.split()[0] for line in done.stderr.splitlines()[-3:]] == [
        "expected",
        "found",
        "do",
    ]
