"""A run that is worked on in one folder, goes on in another, and is what the bucket says."""

import json
import shutil
import threading

import pytest

from aivj.contracts.heartbeat import HEARTBEAT_NAME
from aivj.errors import RunError, StorageError
from aivj.runs.in_bucket import KeptRun, kept_in_bucket
from aivj.runs.journal import Journal
from aivj.runs.lease import Lease
from aivj.storage.mirror import Mirror

SILENCE_S = 0.6
NEVER_S = 3600.0


@pytest.fixture
def a_run(bucket, tmp_path):
    """Makes the run as a driver with a disk of that name sees it."""

    def a_run(disk, silence_s=SILENCE_S, patience_s=0.0):
        mirror = Mirror(bucket, tmp_path / disk)
        return KeptRun(mirror, "runs/mine", silence_s=silence_s, patience_s=patience_s)

    return a_run


def add_rows(run, numbers):
    """Does what a run does: a picture, then its row; then the record."""
    pictures = run.folder / "thumbnails" / "mine"
    pictures.mkdir(parents=True, exist_ok=True)
    with (run.folder / "eval.jsonl").open("a") as rows:
        for number in numbers:
            (pictures / f"{number}.webp").write_bytes(b"picture %d" % number)
            rows.write(json.dumps({"pair": number}) + "\n")
    (run.folder / "meta.json").write_text(json.dumps({"last": numbers[-1]}))


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def heartbeat(bucket):
    return json.loads(bucket.get(f"runs/mine/{HEARTBEAT_NAME}")[0])


def quiet(_text):
    """Hears nothing."""


def test_a_run_goes_on_on_an_empty_disk_as_it_was_left(a_run, bucket):
    first, second = a_run("a"), a_run("b")
    with kept_in_bucket(first, quiet):
        add_rows(first, range(3))
    with kept_in_bucket(second, quiet):
        assert content(second.folder) == content(first.folder)
        add_rows(second, range(3, 5))

    with kept_in_bucket(first, quiet):
        assert content(first.folder) == content(second.folder)

    assert bucket.get("runs/mine/eval.jsonl")[0] == (second.folder / "eval.jsonl").read_bytes()
    assert bucket.get("runs/mine/meta.json")[0] == b'{"last": 4}'
    assert heartbeat(bucket) | {"state": "finished", "numRows": 5} == heartbeat(bucket)
    assert not bucket.list("runs/mine/thumbnails")


def test_rows_of_a_driver_that_dies_with_its_disk_are_there(a_run):
    first, second = a_run("a"), a_run("b")
    journal = _dead_driver(first, range(4))
    add_rows(first, range(4, 6))
    told = []

    with kept_in_bucket(second, told.append):
        rows = (second.folder / "eval.jsonl").read_text().splitlines()

    assert journal.num_rows == len(rows) == 4
    assert "4 rows" in told[0]
    assert sorted(path.name for path in (second.folder / "thumbnails/mine").iterdir()) == [
        f"{number}.webp" for number in range(4)
    ]


def test_on_the_disk_that_it_died_on_what_was_not_yet_there_is_kept(a_run):
    run = a_run("a", silence_s=NEVER_S)
    _dead_driver(run, range(4))
    add_rows(run, range(4, 6))
    with (run.folder / "eval.jsonl").open("a") as rows:
        rows.write('{"pair": 6')

    with kept_in_bucket(run, quiet):
        assert (run.folder / "eval.jsonl").read_text().count("\n") == 6


def _dead_driver(run, numbers):
    """Leaves what a driver leaves that is killed after its last segment."""
    run.folder.mkdir(parents=True)
    lease = Lease(run.bucket, f"runs/mine/{HEARTBEAT_NAME}", run.folder, silence_s=run.silence_s)
    lease.take()
    add_rows(run, numbers)
    journal = Journal(run.bucket, "runs/mine", run.folder)
    journal.flush()
    lease.beat(journal.num_rows, 0)
    return journal


def test_two_drivers_on_one_run_are_refused(a_run, bucket):
    first, second = a_run("a"), a_run("b")
    with kept_in_bucket(first, quiet):
        add_rows(first, range(2))
        with pytest.raises(RunError, match="alive"), kept_in_bucket(second, quiet):
            pass
        with (
            pytest.raises(StorageError, match="another process"),
            kept_in_bucket(a_run("a"), quiet),
        ):
            pass
    assert heartbeat(bucket)["state"] == "finished"


def test_who_was_taken_for_dead_notices_and_overwrites_nothing(a_run, bucket):
    slow, quick = a_run("a", silence_s=NEVER_S), a_run("b", silence_s=0.01)

    def overtaken():
        with kept_in_bucket(slow, quiet) as check:
            add_rows(slow, range(2))
            with kept_in_bucket(quick, quiet):
                add_rows(quick, range(7, 9))
            add_rows(slow, range(2, 4))
            check()

    with pytest.raises(StorageError, match="took it over"):
        overtaken()
    assert b'"pair": 7' in bucket.get("runs/mine/eval.jsonl")[0]
    assert b'"pair": 3' not in bucket.get("runs/mine/eval.jsonl")[0]


@pytest.mark.parametrize(
    ("error", "state"),
    [(KeyboardInterrupt(), "interrupted"), (RunError("a", "b", "c"), "failed")],
)
def test_how_it_ended_is_told(a_run, bucket, error, state):
    with pytest.raises(type(error)), kept_in_bucket(a_run("a"), quiet):
        raise error
    assert heartbeat(bucket)["state"] == state


class AwayBucket:
    """A bucket that does not answer while `is_away`, and may lose the answer of a write."""

    def __init__(self, bucket):
        self._bucket = bucket
        self.uri = bucket.uri
        self.is_away = False
        self.loses_answers = False
        self.num_refused = threading.Semaphore(0)

    def __getattr__(self, name):
        def ask(*arguments):
            if self.is_away:
                self.num_refused.release()
                raise StorageError("a bucket", "nobody", "wait")
            answer = getattr(self._bucket, name)(*arguments)
            if self.loses_answers and name == "swap":
                raise StorageError("an answer", "a closed line", "wait")
            return answer

        return ask


def test_a_bucket_that_is_away_for_a_while_stops_nothing(a_run, bucket, tmp_path):
    away = AwayBucket(bucket)
    run = KeptRun(Mirror(away, tmp_path / "a"), "runs/mine", silence_s=0.12, patience_s=60)
    told = []
    with kept_in_bucket(run, told.append):
        add_rows(run, range(2))
        away.is_away = True
        assert away.num_refused.acquire(timeout=60)
        add_rows(run, range(2, 4))
        away.is_away = False

    assert "does not answer" in told[0]
    assert bucket.get("runs/mine/eval.jsonl")[0].count(b"\n") == 4
    with kept_in_bucket(a_run("b"), quiet):
        pass


def test_one_that_stays_away_is_an_error_and_nothing_is_lost(bucket, tmp_path):
    away = AwayBucket(bucket)
    run = KeptRun(Mirror(away, tmp_path / "a"), "runs/mine", silence_s=NEVER_S, patience_s=0)

    def abandoned():
        with kept_in_bucket(run, quiet):
            add_rows(run, range(3))
            away.is_away = True

    with pytest.raises(StorageError, match="--resume"):
        abandoned()
    away.is_away = False

    with kept_in_bucket(run, quiet):
        assert (run.folder / "eval.jsonl").read_text().count("\n") == 3

    assert bucket.get("runs/mine/eval.jsonl")[0].count(b"\n") == 3


def test_a_segment_whose_answer_was_lost_is_there_once(bucket, tmp_path):
    away = AwayBucket(bucket)
    run = KeptRun(Mirror(away, tmp_path / "a"), "runs/mine")
    journal = Journal(away, "runs/mine", run.folder)
    run.folder.mkdir(parents=True)
    add_rows(run, range(2))
    away.loses_answers = True
    with pytest.raises(StorageError):
        journal.flush()
    away.loses_answers = False
    add_rows(run, range(2, 4))
    assert journal.flush()
    assert journal.flush()
    assert not journal.flush()

    assert len(bucket.list("runs/mine/journal/")) == 2
    shutil.copytree(run.folder, tmp_path / "kept", ignore=shutil.ignore_patterns(".*"))
    shutil.rmtree(run.folder)
    run.folder.mkdir()
    Journal(bucket, "runs/mine", run.folder).restore()
    assert content(run.folder) == content(tmp_path / "kept")


def test_failures_that_were_taken_out_do_not_come_back(bucket, tmp_path):
    journal = Journal(bucket, "r", tmp_path / "a")
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "failures.jsonl"
    path.write_text("1\n2\n")
    journal.flush()
    fresh = tmp_path / "a" / "fresh"
    fresh.write_text("2\n")
    fresh.replace(path)
    journal.flush()
    with path.open("a") as file:
        file.write("3\n")
    journal.flush()

    there = Journal(bucket, "r", tmp_path / "b")
    there.restore()

    assert (tmp_path / "b" / "failures.jsonl").read_text() == "2\n3\n"
    assert there.num_failures == 2


def test_a_segment_that_is_damaged_is_named(bucket, tmp_path):
    bucket.put_new("r/journal/00000001.zip", b"no archive")
    with pytest.raises(StorageError, match=r"00000001\.zip"):
        Journal(bucket, "r", tmp_path / "a").restore()


def test_who_only_looks_follows_a_run_that_goes_on(a_run):
    """Segment after segment, into the files that are there: who reads them sees them grow."""
    driver, looker = a_run("a"), a_run("b", silence_s=NEVER_S)
    journal = _dead_driver(driver, range(2))
    looker.follow()
    rows = looker.folder / "eval.jsonl"
    before = rows.stat().st_ino
    for number in (2, 3):
        add_rows(driver, [number])
        journal.flush()
        looker.follow()
        assert content(looker.folder) == content(driver.folder)
    assert rows.stat().st_ino == before
    shutil.rmtree(looker.folder)
    looker.follow()
    assert content(looker.folder) == content(driver.folder)


def test_who_looks_sees_what_a_driver_wrote_that_took_the_run_over(a_run):
    first, second, looker = a_run("a"), a_run("b"), a_run("c")
    _dead_driver(first, range(2))
    looker.follow()
    with kept_in_bucket(second, quiet):
        add_rows(second, range(2, 4))
    looker.follow()
    assert content(looker.folder) == content(second.folder)
