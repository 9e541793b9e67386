"""A store without conditional writes: nanio, which takes every write whatever its conditions."""

from urllib.parse import urlsplit

import pytest
from release.release_fixtures import (
    NOW,
    PACK,
    InterruptedBucket,
    promote_numbered,
    scores_numbered,
)

from aivj.errors import LostRaceError, StorageError
from aivj.release import describe, rollback
from aivj.release.pointer import pointer_key, runtime_key
from aivj.storage import open_bucket
from aivj.storage.s3_bucket import UnconditionalBucket
from aivj.storage.s3_objects import S3Objects


@pytest.fixture
def bucket(nanio_uri):
    return open_bucket(nanio_uri, allow_unconditional=True)


class OvertakenObjects:
    """Passes on to a store, and lets another writer come right after one of the writes."""

    def __init__(self, objects, *, key, data):
        self._objects = objects
        self._key = key
        self._data = data
        self.uri = objects.uri
        self.read = objects.read
        self.versions = objects.versions

    def write(self, key, data):
        self._objects.write(key, data)
        if key == self._key:
            self._objects.write(key, self._data)


def test_a_promotion_to_it_is_refused_and_writes_nothing(nanio_uri, tmp_path):
    bucket = open_bucket(nanio_uri)
    with pytest.raises(StorageError, match=r"does not heed If-None-Match.*--allow-unconditional"):
        promote_numbered(bucket, tmp_path, 1)
    assert bucket.list("") == []


def test_where_that_is_allowed_it_is_promoted_to_on_record(bucket, tmp_path, nanio_client):
    promotions = [promote_numbered(bucket, tmp_path, number) for number in (1, 2)]
    assert [promotion.pointer.unconditional for promotion in promotions] == [True, True]
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer == promotions[1].pointer
    assert release.history == [promotions[0].pointer]
    key = f"public/{runtime_key(PACK)}"
    answer = nanio_client.get_object(Bucket=urlsplit(bucket.uri).netloc, Key=key)
    assert answer["ContentType"] == "application/json"
    assert answer["Body"].read() == scores_numbered(tmp_path, 2).read_bytes()


def test_a_rollback_is_on_record_too(bucket, tmp_path):
    for number in (1, 2):
        promote_numbered(bucket, tmp_path, number)
    back = rollback(bucket, pack=PACK, now=NOW).pointer
    assert (back.action, back.unconditional) == ("rollback", True)
    assert bucket.get(runtime_key(PACK))[0] == scores_numbered(tmp_path, 1).read_bytes()


def test_it_keeps_a_buckets_word_where_nobody_interferes(bucket):
    assert bucket.get("k.json") is None
    first = bucket.swap("k.json", b"one", None)
    assert bucket.swap("k.json", b"one", None) == first
    second = bucket.swap("k.json", b"two", first)
    assert bucket.get("k.json") == (b"two", second)
    bucket.put_new("new.json", b"x")
    bucket.put_new("new.json", b"x")
    with pytest.raises(StorageError, match="other bytes under that key"):
        bucket.put_new("new.json", b"y")
    assert bucket.list("") == ["k.json", "new.json"]


@pytest.mark.parametrize("stale", [None, '"00000000000000000000000000000000"'])
def test_a_swap_of_another_version_is_refused(bucket, stale):
    bucket.swap("k.json", b"one", None)
    with pytest.raises(LostRaceError):
        bucket.swap("k.json", b"two", stale)
    assert bucket.get("k.json")[0] == b"one"


def test_who_is_overtaken_at_once_is_told(nanio_uri):
    objects = OvertakenObjects(
        S3Objects(urlsplit(nanio_uri).netloc, "public"), key="k.json", data=b"theirs"
    )
    with pytest.raises(LostRaceError):
        UnconditionalBucket(objects).swap("k.json", b"ours", None)


def test_who_is_overtaken_before_the_end_is_told(bucket, tmp_path):
    """Both have compared before either wrote, and the slower one writes last."""
    promote_numbered(bucket, tmp_path, 1)
    read_by_both = bucket.get(pointer_key(PACK))

    def the_other_writes():
        theirs = read_by_both[0].replace(b'"serial": 1', b'"serial": 2')
        bucket._objects.write(pointer_key(PACK), theirs)

    slow = InterruptedBucket(bucket, key=runtime_key(PACK), meanwhile=the_other_writes)
    with pytest.raises(LostRaceError):
        promote_numbered(slow, tmp_path, 2)
    release = describe(bucket, PACK)
    assert release.in_step
    assert release.pointer.serial == 2
