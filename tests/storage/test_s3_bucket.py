import pytest
from storage.loose_store import loose_store

from aivj.errors import StorageError
from aivj.storage import open_bucket, s3_objects

BOTH = {"If-None-Match", "If-Match"}


@pytest.fixture
def store(use_endpoint):
    """A store that heeds conditions until a test says otherwise."""
    with loose_store(honoured=BOTH) as store:
        use_endpoint(store.url)
        yield store


@pytest.mark.parametrize("ignored", sorted(BOTH))
@pytest.mark.parametrize("write", ["put_new", "swap"])
def test_a_store_that_ignores_a_condition_is_refused(store, ignored, write):
    store.honoured = BOTH - {ignored}
    bucket = open_bucket("s3://show/public")
    with pytest.raises(StorageError, match=f"does not heed {ignored}.*--allow-unconditional"):
        bucket.put_new("k", b"x") if write == "put_new" else bucket.swap("k", b"x", None)
    assert list(store.objects) == ["/show/public/.aivj/conditional-writes"]


@pytest.mark.parametrize("header", sorted(BOTH))
def test_a_store_that_does_not_know_a_condition_is_refused(store, header):
    store.unknown = {header}
    with pytest.raises(StorageError, match=f"does not heed {header}"):
        open_bucket("s3://show/public").put_new("k", b"x")


@pytest.mark.parametrize("header", sorted(BOTH))
@pytest.mark.parametrize("way", ["ignored", "unknown"])
def test_such_a_store_is_taken_unconditionally_where_that_is_allowed(store, header, way):
    store.honoured = BOTH - {header}
    store.unknown = {header} if way == "unknown" else set()
    bucket = open_bucket("s3://show/public", allow_unconditional=True)
    assert bucket.unconditional
    bucket.put_new("k", b"x")
    assert bucket.get("k")[0] == b"x"


@pytest.mark.usefixtures("store")
def test_a_store_with_conditions_uses_them_whatever_is_allowed():
    assert not open_bucket("s3://show", allow_unconditional=True).unconditional


def test_a_store_is_proved_once(store):
    bucket = open_bucket("s3://show")
    bucket.put_new("k1", b"x")
    num_proof = store.num_writes - 1
    bucket.put_new("k2", b"x")
    bucket.swap("k3", b"x", None)
    assert (num_proof, store.num_writes) == (4, 7)


def test_the_proof_leaves_one_object_that_is_not_listed(s3_uri):
    for number in range(2):
        open_bucket(s3_uri).put_new(f"k{number}", b"x")
    assert open_bucket(s3_uri).list("") == ["k0", "k1"]


def test_a_write_that_is_never_judged_is_given_up(store, monkeypatch):
    monkeypatch.setattr(s3_objects, "_CONFLICT_PAUSE_S", 0.0)
    bucket = open_bucket("s3://show")
    bucket.put_new("k", b"one")
    store.num_conflicts = 1000
    with pytest.raises(StorageError):
        bucket.swap("k", b"two", bucket.get("k")[1])
    assert bucket.get("k")[0] == b"one"


def test_a_swap_whose_answer_was_lost_counts(store):
    bucket = open_bucket("s3://show")
    etag = bucket.swap("k", b"one", None)
    store.num_lost_answers = 1
    bucket.swap("k", b"two", etag)
    assert bucket.get("k")[0] == b"two"
