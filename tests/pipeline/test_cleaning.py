"""What a policy lets go, and what it never does."""

import json
import os
from pathlib import Path

import pytest
from gate.run_check.good_run import write_good_run
from monitor.made_runs import row, write_run

from aivj.contracts.night import NightRecord, write_night
from aivj.errors import RunError, StorageError
from aivj.pipeline.cleaning import HomeFolders, Policy, needless
from aivj.pipeline.night import NightFiles, night_locked
from aivj.release.spool import Spool, waiting_runs
from aivj.runs.directory import RunDirectory
from aivj.storage import open_folder

NOW_S = 2_000_000_000.0
DAY_S = 86_400


@pytest.fixture
def places(tmp_path):
    home = tmp_path / "home"
    return HomeFolders(home, str(home / "takes"), home / "outputs", home / "mlflow" / "spool")


@pytest.fixture
def found(places):
    """Tells what a policy lets go, by the names of their folders."""

    def found(**policy):
        each = needless(places, Policy(**policy), lambda: NOW_S)
        return {one.place.rpartition("/")[2]: one for one in each}

    return found


def aged(folder, days):
    then = NOW_S - days * DAY_S
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then))
    return folder


@pytest.fixture
def runs(places):
    """Makes runs touched so many days ago, by name."""

    def runs(**days):
        for name, age in days.items():
            aged(write_run(places.home / "runs" / name, [row(1)]), age)

    return runs


def test_old_runs_and_those_beyond_a_number_go_and_never_the_last(found, runs):
    runs(new=40, mid=50, old=60)
    assert list(found()) == []
    assert set(found(runs_days=55)) == {"old"}
    assert set(found(runs_days=0)) == {"mid", "old"}
    assert set(found(keep_runs=1)) == {"mid", "old"}
    assert set(found(keep_runs=2)) == {"old"}
    assert set(found(keep_runs=1, runs_days=55)) == {"old"}


def test_a_run_that_somebody_took_up_meanwhile_stays(found, runs, places):
    runs(new=1, old=60)
    old = found(runs_days=30)["old"]
    with RunDirectory(places.home / "runs" / "old").locked():
        with pytest.raises(RunError):
            old.remove()
        assert list(found(runs_days=30)) == []
    old.remove()
    assert not (places.home / "runs" / "old").exists()


def test_a_night_goes_with_its_run_unless_it_goes_on(found, places):
    files = {
        stamp: NightFiles(str(places.home), stamp, ("mine", "yours")) for stamp in ("one", "one-b")
    }
    for stamp, each in files.items():
        record = NightRecord(
            stamp=stamp,
            night_kind="coupled",
            packs=["mine", "yours"],
            command="aivj night",
            started_at="2026-03-01T00:00:00.000Z",
            places={},
            stages=[],
        )
        write_night(open_folder(each.folder), record)
        for place in (each.log, each.report("mine"), each.report("yours")):
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            Path(place).write_text("seen")
        aged(write_run(Path(each.run), [row(1)]), 60 if stamp == "one" else 1)

    [old] = found(runs_days=30).values()
    with night_locked(Path(files["one"].folder)), pytest.raises(RunError):
        old.remove()
    old.remove()
    gone, kept = files["one"], files["one-b"]
    for each, is_there in ((gone, False), (kept, True)):
        left = (each.run, each.log, each.report("mine"), each.report("yours"), each.folder)
        assert {Path(place).exists() for place in left} == {is_there}


def test_takes_that_no_run_and_no_net_is_of_go_but_the_most_of_all(found, places):
    run = write_good_run(places.home / "runs")
    used, learnt, needless_ones, library = (f"{number:016x}" for number in range(4))
    for digest, size in ((used, 10), (learnt, 10), (needless_ones, 10), (library, 100)):
        folder = places.home / "takes" / digest
        folder.mkdir(parents=True)
        (folder / "takes-1.bin").write_bytes(bytes(size))
        aged(folder, 90)
    net = places.fit / "models" / "coupling_net_final.json"
    net.parent.mkdir(parents=True)
    net.write_text(json.dumps({"takes": [learnt]}))
    run.edit_meta(lambda meta: meta.update(takes={"uri": "takes", "conditions": [used]}))

    assert list(found(takes_days=100)) == []
    assert set(found(takes_days=30)) == {needless_ones}
    found(takes_days=30)[needless_ones].remove()
    assert not (places.home / "takes" / needless_ones).exists()
    (run.path / "meta.json").write_text("{")
    with pytest.raises(RunError, match=r"meta\.json"):
        found(takes_days=30)


def test_runs_that_waited_too_long_for_mlflow_go_unless_they_are_written(found, places):
    spool = Spool(places.spool, "http://gone", "aivj")
    _, waiting = spool.begin("one", None)
    [folder] = waiting_runs(places.spool)
    aged(folder, 60)
    old = found(spools_days=30)[folder.name]
    with pytest.raises(StorageError):
        old.remove()
    waiting.close()
    old.remove()
    assert waiting_runs(places.spool) == []
