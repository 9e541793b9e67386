"""How runs stand, by what lies in their folders."""

import fcntl

import pytest
from gate.run_check.good_run import PACK, write_good_run

from aivj.runs.listing import run_entry, runs_below


@pytest.fixture
def run(tmp_path):
    return write_good_run(tmp_path / "runs" / "one")


def test_a_run_with_its_figures(run):
    (entry,) = runs_below(run.path.parent.parent)
    assert entry.path == str(run.path)
    assert (entry.packs, entry.num_rows, entry.num_failures) == ([PACK], 10, 1)
    assert (entry.num_target, entry.state, entry.driver) == (11, "complete", "stage")
    assert entry.ok_rate == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"finishedAt": None}, "broken off"),
        ({"error": {"code": "UNKNOWN", "message": "interrupted"}}, "interrupted"),
        ({"error": {"code": "FATAL_AUDIO", "message": "no sound"}}, "failed"),
        ({"progress": {}}, "time over"),
    ],
)
def test_how_a_run_stands(run, changes, state):
    run.edit_meta(lambda meta: meta.update(changes))
    assert run_entry(run.path).state == state


def test_a_run_that_is_being_written(run):
    with (run.path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run_entry(run.path).state == "running"
    assert run_entry(run.path).state == "complete"


def test_rows_of_another_program_without_a_description(run):
    run.meta_path.unlink()
    entry = run_entry(run.path)
    assert (entry.packs, entry.num_rows, entry.num_target) == ([PACK], 10, None)
    assert (entry.started_at, entry.state, entry.driver) == (None, "broken off", None)
