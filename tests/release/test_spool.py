"""Runs recorded while MLflow's own server is away, and delivered when it is back."""

import subprocess
import sys

import pytest

from aivj.errors import RunError, StorageError
from aivj.release import Tracker
from aivj.release.experiment import SPOOLED_AS
from aivj.release.mlflow_client import ServerAwayError
from aivj.release.run_notes import RunNote
from aivj.release.spool import Delivery, Spool, deliver

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")


@pytest.fixture
def spool(tmp_path):
    return tmp_path / "spool"


def begin(tracker, name="run", **options):
    return tracker.start(name, **{"params": {"lr": 1}, "tags": {"pack": "p"}, **options})


def test_a_run_goes_on_while_the_server_is_away_and_is_whole_afterwards(
    mlflow_server, spool, tmp_path, run_here
):
    tracker = Tracker(mlflow_server.uri, spool=spool)
    scores = tmp_path / "scores.json"
    with begin(tracker, "before") as before:
        before.log_metrics(0, {"loss": 2.0})
        mlflow_server.stop()
        before.log_metrics(1, {"loss": 1.0})
        scores.write_text("{}")
        assert before.log_artifact(scores, "quality") == "quality/scores.json"
        # What counts is what it was when it was recorded.
        scores.write_text("[]")
        with begin(tracker, "meanwhile", parent=before.run_id) as meanwhile:
            meanwhile.log_dataset("set", digest="a" * 64, num_rows=1, source="x")
        with pytest.raises(KeyError), begin(tracker, "child", parent=meanwhile.run_id) as child:
            raise KeyError("cause")
    assert tracker.is_away
    with pytest.raises(StorageError, match="check that the server"):
        list(deliver(spool, Tracker))
    assert len(list(spool.iterdir())) == 3

    mlflow_server.start()
    home = spool.parent / "home"
    (home / "mlflow").mkdir(parents=True)
    spool.rename(home / "mlflow" / "spool")
    flushed = run_here("--home", home, "mlflow", "flush")
    assert flushed.exit_code == 0, flushed.stderr
    assert flushed.stdout.splitlines()[-1] == "3 delivered, 0 still being written"

    client = Tracker(mlflow_server.uri).client
    runs = {run.info.run_name: run for run in client.search_runs([tracker.experiment_id])}
    assert set(runs) == {"before", "meanwhile", "child"}
    assert runs["before"].info.run_id == before.run_id
    assert [each.value for each in client.get_metric_history(before.run_id, "loss")] == [2, 1]
    [stored] = mlflow_server.folder.glob("stored/**/quality/scores.json")
    assert stored.read_text() == "{}"
    tags = runs["meanwhile"].data.tags
    assert (tags[SPOOLED_AS], tags["pack"]) == (meanwhile.run_id, "p")
    assert tags["mlflow.parentRunId"] == before.run_id
    assert runs["child"].data.tags["mlflow.parentRunId"] == runs["meanwhile"].info.run_id
    assert runs["child"].data.tags["error"] == "KeyError: 'cause'"
    assert runs["child"].data.tags[SPOOLED_AS] == child.run_id
    assert runs["meanwhile"].data.params == {"lr": "1"}
    assert runs["meanwhile"].inputs.dataset_inputs[0].dataset.digest == "a" * 36
    assert {run.info.status for run in runs.values()} == {"FINISHED", "FAILED"}
    assert runs["meanwhile"].info.start_time <= runs["meanwhile"].info.end_time
    assert runs["meanwhile"].info.end_time < runs["before"].info.end_time
    assert list((home / "mlflow" / "spool").iterdir()) == []


def test_what_was_delivered_by_half_is_delivered_once(tracker, spool):
    name, waiting = Spool(spool, tracker.uri, "aivj").begin("run", None)
    waiting.add(RunNote(at_ms=5, params={"lr": "1"}))
    waiting.add(RunNote(at_ms=7, tags={"a": "b"}))
    waiting.close()

    class Dying(Tracker):
        def send(self, run_id, note, folder=None):
            if note.tags:
                raise ServerAwayError("a", "b", "c")
            super().send(run_id, note, folder)

    with pytest.raises(ServerAwayError):
        list(deliver(spool, Dying))
    [delivery] = deliver(spool, Tracker)

    [run] = tracker.client.search_runs([tracker.experiment_id])
    assert delivery == Delivery(waiting.folder, tracker.uri, run.info.run_id)
    assert (run.data.params, run.data.tags["a"]) == ({"lr": "1"}, "b")
    assert run.data.tags[SPOOLED_AS] == name
    # Nobody ended it, and nobody writes it any more.
    assert (run.info.status, run.info.end_time) == ("KILLED", 7)


def test_what_was_removed_by_half_is_not_delivered_again(tracker, spool, monkeypatch):
    _, waiting = Spool(spool, tracker.uri, "aivj").begin("run", None)
    waiting.add(RunNote(at_ms=5, ended="FINISHED"))
    waiting.close()

    def by_half(folder):
        (folder / "notes.jsonl").unlink()
        raise OSError("no more")

    with monkeypatch.context() as patch:
        patch.setattr("aivj.release.spool.shutil.rmtree", by_half)
        with pytest.raises(StorageError, match="no more"):
            list(deliver(spool, Tracker))

    assert list(deliver(spool, Tracker)) == []
    [run] = tracker.client.search_runs([tracker.experiment_id])
    assert run.info.status == "FINISHED"


WRITER = """
import sys
from aivj.release import Tracker
run = Tracker(sys.argv[1], spool=__import__("pathlib").Path(sys.argv[2])).start(
    "run", params={}, tags={}
)
print("waiting", flush=True)
sys.stdin.read()
"""


def test_what_is_still_written_is_left_alone_until_its_writer_is_dead(tracker, spool):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, NOBODY, str(spool)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout.readline() == "waiting\n"
        [waiting] = spool.iterdir()
        assert list(deliver(spool, Tracker)) == [Delivery(waiting, None, None)]
    finally:
        writer.kill()
        writer.communicate()

    [delivery] = deliver(spool, lambda *_: tracker)

    assert tracker.client.get_run(delivery.run_id).info.status == "KILLED"
    assert not waiting.exists()


def test_without_a_spool_a_server_that_is_away_is_an_error():
    with pytest.raises(ServerAwayError, match="check that the server"):
        Tracker(NOBODY)


def test_what_the_server_refuses_is_an_error_and_does_not_wait(mlflow_server, spool):
    tracker = Tracker(mlflow_server.uri, spool=spool, experiment="refused")
    run = begin(tracker)
    with pytest.raises(StorageError, match="lr"):
        run.log_params({"lr": 2})
    with pytest.raises(RunError):
        run.log_metrics(0, {"loss": float("nan")})
    with pytest.raises(StorageError):
        run.log_artifact(spool / "absent.json")
    assert not tracker.is_away
    assert not spool.exists()
