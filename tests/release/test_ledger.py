import pytest
from release.release_fixtures import (
    PACK,
    InterruptedBucket,
    promote_numbered,
    scores_numbered,
)

from aivj.errors import StorageError
from aivj.release import describe
from aivj.release.ledger import settle
from aivj.release.pointer import runtime_key
from aivj.storage import sha256_hex


def digest_of(folder, number):
    return sha256_hex(scores_numbered(folder, number).read_bytes())


class ForgetfulBucket:
    """Passes on to another bucket, and damages what it is given under some keys."""

    def __init__(self, bucket, *, prefix, damage):
        self._bucket = bucket
        self._prefix = prefix
        self._damage = damage
        self.uri = bucket.uri
        self.unconditional = bucket.unconditional
        self.list = bucket.list
        self.put_new = bucket.put_new
        self.swap = bucket.swap

    def get(self, key):
        found = self._bucket.get(key)
        if found is None or not key.startswith(self._prefix):
            return found
        return self._damage(found[0]) and (self._damage(found[0]), found[1])


@pytest.mark.parametrize(
    ("damage", "found"), [(lambda data: data[:-9], "other bytes"), (lambda _: None, "nothing")]
)
@pytest.mark.parametrize("prefix", ["sha256/", "history/"])
def test_what_does_not_come_back_as_it_was_written_is_not_promoted(
    file_bucket, tmp_path, prefix, damage, found
):
    old = promote_numbered(file_bucket, tmp_path, 1).pointer
    forgetful = ForgetfulBucket(file_bucket, prefix=prefix, damage=damage)
    with pytest.raises(StorageError, match=f"just written; found {found}.*nothing was swapped"):
        promote_numbered(forgetful, tmp_path, 2)
    release = describe(file_bucket, PACK)
    assert release.in_step
    assert release.pointer == old


def test_a_runtime_key_that_does_not_give_back_the_scores_is_an_error(file_bucket, tmp_path):
    promote_numbered(file_bucket, tmp_path, 1)
    forgetful = ForgetfulBucket(
        file_bucket, prefix=runtime_key(PACK), damage=lambda data: data + b" "
    )
    with pytest.raises(StorageError, match="to become what the pointer says"):
        promote_numbered(forgetful, tmp_path, 2)


def test_a_runtime_key_that_never_comes_to_rest_is_an_error(file_bucket, tmp_path):
    promote_numbered(file_bucket, tmp_path, 1)
    number = 0

    class RestlessBucket(InterruptedBucket):
        def swap(self, key, data, expected_etag):
            nonlocal number
            number += 1
            found = file_bucket.get(key)
            file_bucket.swap(key, b"by hand %d" % number, found[1])
            return file_bucket.swap(key, data, expected_etag)

    restless = RestlessBucket(file_bucket, key="", meanwhile=lambda: None)
    file_bucket.swap(runtime_key(PACK), b"by hand", digest_of(tmp_path, 1))
    with pytest.raises(StorageError, match="stop whatever else writes there"):
        settle(restless, PACK)
