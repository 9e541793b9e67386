import time
from urllib.parse import urlsplit

import pytest
from release.loose_store import loose_store

from aivj.errors import StorageError
from aivj.release import s3_bucket
from aivj.release.bucket import open_bucket

BOTH = {"If-None-Match", "If-Match"}


@pytest.fixture
def store(use_endpoint):
    """A store that heeds conditions until a test says otherwise."""
    with loose_store(honoured=BOTH) as store:
        use_endpoint(store.url)
        yield store


def test_objects_lie_below_the_prefix_as_json_that_no_cache_keeps(s3_uri, s3_client):
    open_bucket(s3_uri).put_new("presets/p/x.json", b"{}")
    answer = s3_client.head_object(Bucket=urlsplit(s3_uri).netloc, Key="public/presets/p/x.json")
    assert answer["ContentType"] == "application/json"
    assert answer["CacheControl"] == "no-cache"


def test_a_bucket_without_a_prefix_is_one_too(s3_uri):
    bucket = open_bucket(s3_uri.removesuffix("/public"))
    bucket.put_new("k.json", b"x")
    assert bucket.list("") == ["k.json"]


def test_listing_goes_on_beyond_one_page(s3_uri):
    bucket = open_bucket(s3_uri)
    pages = []

    def shorten(params, **_):
        pages.append(params)
        return {**params, "MaxKeys": 2}

    bucket._client.meta.events.register("provide-client-params.s3.ListObjectsV2", shorten)
    for number in range(5):
        bucket.put_new(f"k{number}", b"x")
    assert len(bucket.list("k")) == 5
    assert len(pages) == 3


@pytest.mark.parametrize("ignored", sorted(BOTH))
@pytest.mark.parametrize("write", ["put_new", "swap"])
def test_a_store_that_ignores_a_condition_is_refused(store, ignored, write):
    store.honoured = BOTH - {ignored}
    bucket = open_bucket("s3://show/public")
    with pytest.raises(StorageError, match=f"ignores {ignored}.*use a store with conditional"):
        bucket.put_new("k", b"x") if write == "put_new" else bucket.swap("k", b"x", None)
    assert list(store.objects) == ["/show/public/.aivj/conditional-writes"]


def test_a_store_is_proved_once(store):
    bucket = open_bucket("s3://show")
    bucket.put_new("k1", b"x")
    num_proof = store.num_writes - 1
    bucket.put_new("k2", b"x")
    bucket.swap("k3", b"x", None)
    assert (num_proof, store.num_writes) == (3, 6)


def test_the_proof_leaves_one_object_that_is_not_listed(s3_uri):
    for number in range(2):
        open_bucket(s3_uri).put_new(f"k{number}", b"x")
    assert open_bucket(s3_uri).list("") == ["k0", "k1"]


def test_a_write_that_was_not_judged_is_tried_again(store):
    bucket = open_bucket("s3://show")
    etag = bucket.swap("k", b"one", None)
    store.num_conflicts = 2
    bucket.swap("k", b"two", etag)
    assert bucket.get("k")[0] == b"two"


def test_a_write_that_is_never_judged_is_given_up(store, monkeypatch):
    monkeypatch.setattr(s3_bucket, "_CONFLICT_PAUSE_S", 0.0)
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


@pytest.mark.parametrize("call", ["get", "list", "put_new"])
def test_a_bucket_that_does_not_exist_is_an_error(moto_url, use_endpoint, call):
    use_endpoint(moto_url)
    bucket = open_bucket("s3://no-such-bucket")
    calls = {
        "get": lambda: bucket.get("k"),
        "list": lambda: bucket.list("k"),
        "put_new": lambda: bucket.put_new("k", b"x"),
    }
    with pytest.raises(StorageError, match=r"s3://no-such-bucket to answer.*NoSuchBucket"):
        calls[call]()


def test_an_endpoint_where_nobody_listens_is_given_up(use_endpoint):
    use_endpoint("http://127.0.0.1:9")
    started_s = time.monotonic()
    with pytest.raises(StorageError, match="AWS_ENDPOINT_URL"):
        open_bucket("s3://show").get("k")
    assert time.monotonic() - started_s < 20


def test_a_silent_endpoint_is_given_up(silent_url, use_endpoint, monkeypatch):
    use_endpoint(silent_url)
    monkeypatch.setattr(s3_bucket, "_READ_TIMEOUT_S", 0.2)
    with pytest.raises(StorageError, match="AWS_ENDPOINT_URL"):
        open_bucket("s3://show").get("k")


def test_patience_ends_within_twenty_seconds():
    longest_wait_s = max(s3_bucket._CONNECT_TIMEOUT_S, s3_bucket._READ_TIMEOUT_S)
    assert longest_wait_s * s3_bucket._MAX_ATTEMPTS <= 20


def test_an_endpoint_that_is_no_url_is_an_error(use_endpoint):
    use_endpoint("nonsense")
    with pytest.raises(StorageError, match="AWS_ENDPOINT_URL"):
        open_bucket("s3://show")


@pytest.mark.usefixtures("store")
def test_missing_credentials_are_an_error(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="credentials"):
        open_bucket("s3://show").put_new("k", b"x")
