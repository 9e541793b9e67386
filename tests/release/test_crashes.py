"""A promotion or rollback that dies at any step: the old or the new scores, never neither."""

import shutil
import signal
import subprocess
import sys

import pytest
from release.release_fixtures import (
    NOW,
    PACK,
    CrashError,
    CrashingBucket,
    promote_numbered,
    scores_numbered,
    verified,
)

from aivj.contracts.json_text import parse_json, validated
from aivj.contracts.pointer import Pointer
from aivj.release import describe, rollback
from aivj.release.pointer import pointer_key, runtime_key
from aivj.storage import open_bucket, sha256_hex

# Scores, report, pointer, runtime's key.
NUM_FIRST_WRITES = 4
# Scores, report, what is served, former pointer, pointer, what is served, runtime's key.
NUM_WRITES = 7
# The same without scores and report.
NUM_ROLLBACK_WRITES = 5


def crashes(num_writes):
    return [(at, written) for at in range(1, num_writes + 1) for written in (False, True)]


KILLED_PROMOTION = """
import os, signal, sys
from pathlib import Path
from aivj.storage import open_bucket
from release.release_fixtures import promote_numbered
uri, folder, at, when = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
calls = 0

def deadly(real):
    def call(*args, **options):
        global calls
        calls += 1
        if calls == at and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **options)
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call

os.link = deadly(os.link)
Path.replace = deadly(Path.replace)
promote_numbered(open_bucket(uri), folder, 2)
"""


def digest_of(folder, number):
    return sha256_hex(scores_numbered(folder, number).read_bytes())


def assert_whole(bucket, allowed):
    """Readers see a whole file, one of those allowed, and everything named is there."""
    served = bucket.get(runtime_key(PACK))
    assert (served and sha256_hex(served[0])) in allowed
    found = bucket.get(pointer_key(PACK))
    pointers = [validated(Pointer, parse_json(found[0], "x"), "x")] if found else []
    pointers += describe(bucket, PACK).history
    for pointer in pointers:
        for stored in filter(None, [pointer.scores, pointer.verify_report, pointer.previous]):
            assert sha256_hex(bucket.get(stored.object)[0]) == stored.digest
    return pointers


def crash_and_repeat_promotion(bucket, tmp_path, at, *, written):
    old = promote_numbered(bucket, tmp_path, 1).pointer
    with pytest.raises(CrashError):
        promote_numbered(CrashingBucket(bucket, at_write=at, written=written), tmp_path, 2)
    assert_whole(bucket, {old.digest, digest_of(tmp_path, 2)})

    promote_numbered(bucket, tmp_path, 2)
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer.digest == digest_of(tmp_path, 2)
    assert release.pointer.previous.digest == old.digest
    assert release.history == [old]


def crash_and_repeat_rollback(bucket, tmp_path, at, *, written):
    old, new = (promote_numbered(bucket, tmp_path, number).pointer for number in (1, 2))
    crashing = CrashingBucket(bucket, at_write=at, written=written)
    with pytest.raises(CrashError):
        rollback(crashing, pack=PACK, now=NOW)
    assert_whole(bucket, {old.digest, new.digest})

    rollback(bucket, pack=PACK, now=NOW)
    release = describe(bucket, PACK)
    assert release.in_step
    assert (release.pointer.digest, release.pointer.previous.digest) == (old.digest, new.digest)


@pytest.mark.parametrize(("at", "written"), crashes(NUM_WRITES))
def test_a_promotion_that_crashed_is_completed_by_repeating_it(file_bucket, tmp_path, at, written):
    crash_and_repeat_promotion(file_bucket, tmp_path, at, written=written)


@pytest.mark.parametrize("at", range(1, NUM_WRITES))
def test_a_promotion_to_s3_that_crashed_is_completed_by_repeating_it(s3_uri, tmp_path, at):
    crash_and_repeat_promotion(open_bucket(s3_uri), tmp_path, at, written=True)


@pytest.mark.parametrize(("at", "written"), crashes(NUM_WRITES))
def test_after_a_crash_other_scores_can_be_promoted(file_bucket, tmp_path, at, written):
    old = promote_numbered(file_bucket, tmp_path, 1).pointer
    with pytest.raises(CrashError):
        promote_numbered(CrashingBucket(file_bucket, at_write=at, written=written), tmp_path, 2)
    promote_numbered(file_bucket, tmp_path, 3)
    pointers = assert_whole(file_bucket, {digest_of(tmp_path, 3)})
    assert pointers[0].digest == digest_of(tmp_path, 3)
    assert old in pointers


@pytest.mark.parametrize(("at", "written"), crashes(NUM_FIRST_WRITES))
def test_a_first_promotion_that_crashed_is_completed(file_bucket, tmp_path, at, written):
    with pytest.raises(CrashError):
        promote_numbered(CrashingBucket(file_bucket, at_write=at, written=written), tmp_path, 1)
    assert_whole(file_bucket, {None, digest_of(tmp_path, 1)})
    promote_numbered(file_bucket, tmp_path, 1)
    release = describe(file_bucket, PACK)
    assert release.in_step
    assert (release.pointer.serial, release.pointer.previous) == (1, None)


@pytest.mark.parametrize(("at", "written"), crashes(NUM_ROLLBACK_WRITES)[:-1])
def test_a_rollback_that_crashed_is_completed_by_repeating_it(file_bucket, tmp_path, at, written):
    crash_and_repeat_rollback(file_bucket, tmp_path, at, written=written)


@pytest.mark.parametrize("at", range(1, NUM_ROLLBACK_WRITES))
def test_a_rollback_on_s3_that_crashed_is_completed_by_repeating_it(s3_uri, tmp_path, at):
    crash_and_repeat_rollback(open_bucket(s3_uri), tmp_path, at, written=True)


def test_the_crashes_above_are_all_there_are(file_bucket, tmp_path):
    last = [NUM_FIRST_WRITES, NUM_WRITES, NUM_ROLLBACK_WRITES]
    for number, num_writes in enumerate(last[:2]):
        crashing = CrashingBucket(file_bucket, at_write=num_writes + 1, written=True)
        promote_numbered(crashing, tmp_path, number)
    rollback(CrashingBucket(file_bucket, at_write=last[2] + 1, written=True), pack=PACK, now=NOW)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_inside_a_write_it_is_completed_by_repeating(tmp_path, when):
    promote_numbered(open_bucket(str(tmp_path / "template")), tmp_path, 1)
    verified(scores_numbered(tmp_path, 2))
    num_killed = 0
    for at in range(1, NUM_WRITES + 1):
        folder = shutil.copytree(tmp_path / "template", tmp_path / f"bucket{at}")
        command = [
            sys.executable,
            "-c",
            KILLED_PROMOTION,
            str(folder),
            str(tmp_path),
            str(at),
            when,
        ]
        ended = subprocess.run(command, check=False, timeout=60, env={"PYTHONPATH": "tests:."})
        num_killed += ended.returncode == -signal.SIGKILL
        bucket = open_bucket(str(folder))
        assert_whole(bucket, {digest_of(tmp_path, 1), digest_of(tmp_path, 2)})
        promote_numbered(bucket, tmp_path, 2)
        release = describe(bucket, PACK)
        assert release.in_step
        assert release.pointer.digest == digest_of(tmp_path, 2)
        assert release.pointer.previous.digest == digest_of(tmp_path, 1)
    # Creating what is there already ends in an error of the link, not in the kill after it.
    assert num_killed == (NUM_WRITES if when == "before" else NUM_WRITES - 2)
