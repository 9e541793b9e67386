"""Promotions at the same time: one wins, the others are told, and nobody undoes another's work."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from release.release_fixtures import (
    NOW,
    PACK,
    InterruptedBucket,
    promote_numbered,
    scores_numbered,
    verified,
)

from aivj.errors import LostRaceError
from aivj.release import describe, rollback
from aivj.release.pointer import pointer_key, runtime_key
from aivj.storage import sha256_hex


def digest_of(folder, number):
    return sha256_hex(scores_numbered(folder, number).read_bytes())


def test_a_promotion_that_was_overtaken_has_changed_nothing(bucket, tmp_path):
    promote_numbered(bucket, tmp_path, 1)
    slow = InterruptedBucket(
        bucket, key=pointer_key(PACK), meanwhile=lambda: promote_numbered(bucket, tmp_path, 2)
    )
    with pytest.raises(LostRaceError, match="look at what stands there now"):
        promote_numbered(slow, tmp_path, 3)
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer.digest == digest_of(tmp_path, 2)
    assert [pointer.digest for pointer in release.history] == [digest_of(tmp_path, 1)]


def test_a_slow_promotion_does_not_put_back_what_a_later_one_replaced(bucket, tmp_path):
    promote_numbered(bucket, tmp_path, 1)
    slow = InterruptedBucket(
        bucket, key=runtime_key(PACK), meanwhile=lambda: promote_numbered(bucket, tmp_path, 3)
    )
    promote_numbered(slow, tmp_path, 2)
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer.digest == digest_of(tmp_path, 3)


def test_a_slow_promotion_sees_that_it_was_rolled_back(bucket, tmp_path):
    """The scores it expects are there again, so that its swap goes through; it must notice."""
    promote_numbered(bucket, tmp_path, 1)

    def there_and_back():
        promote_numbered(bucket, tmp_path, 3)
        rollback(bucket, pack=PACK, now=NOW, to=digest_of(tmp_path, 1))

    slow = InterruptedBucket(bucket, key=runtime_key(PACK), meanwhile=there_and_back)
    promote_numbered(slow, tmp_path, 2)
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer.digest == digest_of(tmp_path, 1)


def promote_at_once(buckets, folder):
    """Promotes other scores into each bucket, from threads; returns who lost."""
    for number in range(len(buckets)):
        verified(scores_numbered(folder, number))

    def run(number):
        try:
            promote_numbered(buckets[number], folder, number)
        except LostRaceError as error:
            return error
        return None

    with ThreadPoolExecutor(len(buckets)) as pool:
        return [lost for lost in pool.map(run, range(len(buckets))) if lost is not None]


def test_of_eight_promotions_at_once_each_wins_wholly_or_not_at_all(bucket, tmp_path):
    num_won = 8 - len(promote_at_once([bucket] * 8, tmp_path))
    release = describe(bucket, PACK)
    assert num_won >= 1
    assert release.in_step
    assert release.pointer.serial == num_won
    assert [pointer.serial for pointer in release.history] == list(range(num_won - 1, 0, -1))


def test_of_six_that_read_the_same_pointer_one_wins_and_the_others_are_told(bucket, tmp_path):
    old = promote_numbered(bucket, tmp_path, 9).pointer
    all_have_read = threading.Barrier(6)
    waiting = [
        InterruptedBucket(bucket, key=pointer_key(PACK), meanwhile=all_have_read.wait)
        for _ in range(6)
    ]
    lost = promote_at_once(waiting, tmp_path)
    assert len(lost) == 5
    assert {error.exit_code for error in lost} == {8}
    release = describe(bucket, PACK)
    assert release.in_step
    assert (release.pointer.serial, release.history) == (2, [old])
    assert bucket.get(runtime_key(PACK))[0] == bucket.get(release.pointer.object)[0]
