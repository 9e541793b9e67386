"""Stamps, places and the lock of a night."""

from datetime import UTC, datetime

import pytest

from aivj.contracts.night import NightRecord, NightStage, write_night
from aivj.errors import InputError, RunError
from aivj.pipeline.night import NightFiles, NightRequest, choose_stamp, night_locked, nights_folder
from aivj.storage import open_folder

NOW = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)


def stamp(home, **asked):
    return choose_stamp(NightRequest(packs=["mine"], **asked), str(home), NOW)


def keep(home, name, *, state, started_at, packs=("mine",)):
    record = NightRecord(
        stamp=name,
        night_kind="coupled",
        packs=list(packs),
        command="aivj night",
        started_at=started_at,
        finished_at="2026-03-01T09:00:00.000Z",
        places={},
        stages=[NightStage(name="sample", verb="sample", state=state)],
    )
    write_night(open_folder(nights_folder(str(home))).folder(name), record)


def test_a_night_is_called_after_its_beginning_or_its_evening(tmp_path):
    assert stamp(tmp_path) == "2026-03-01_010203"
    assert stamp(tmp_path, run_stamp="tonight") == "2026-02-28"
    assert stamp(tmp_path, run_stamp="mine.1") == "mine.1"


@pytest.mark.parametrize("bad", ["../up", ".hidden", "a/b", "x" * 65, "a b", ""])
def test_a_stamp_must_be_a_name(tmp_path, bad):
    with pytest.raises(InputError):
        stamp(tmp_path, run_stamp=bad)


def test_going_on_finds_the_last_night_of_the_packs_that_is_not_passed(tmp_path):
    keep(tmp_path, "a", state="failed", started_at="2026-03-01T00:00:00.000Z")
    keep(tmp_path, "b", state="stopped", started_at="2026-03-02T00:00:00.000Z")
    keep(tmp_path, "c", state="done", started_at="2026-03-03T00:00:00.000Z")
    keep(tmp_path, "d", state="failed", started_at="2026-03-04T00:00:00.000Z", packs=["yours"])
    broken = open_folder(nights_folder(str(tmp_path))).folder("e")
    broken.write("night.json", b"{")
    assert stamp(tmp_path, resume=True) == "b"
    with pytest.raises(InputError):
        choose_stamp(NightRequest(packs=["theirs"], resume=True), str(tmp_path), NOW)


def test_evidence_of_packs_lies_apart():
    files = NightFiles("home", "one", ("mine", "yours"))
    assert files.evidence("mine") == "home/artifacts/headless-coupled/overnight-one"
    assert files.evidence("yours") == "home/artifacts/headless-coupled/overnight-one-yours"


def test_two_are_not_at_one_night(tmp_path):
    with night_locked(tmp_path / "one"), night_locked(tmp_path / "two"):
        again = night_locked(tmp_path / "one")
        with pytest.raises(RunError, match="only one at the night"), again:
            pass
