from urllib.parse import urlsplit

import pytest
from storage.loose_store import loose_store

from aivj.errors import StorageError
from aivj.storage import open_bucket, s3_objects


@pytest.fixture
def store(use_endpoint):
    """A store that heeds conditions."""
    with loose_store(honoured={"If-None-Match", "If-Match"}) as store:
        use_endpoint(store.url)
        yield store


def test_objects_lie_below_the_prefix_as_json_that_caches_keep_as_long_as_it_is_true(
    s3_uri, s3_client
):
    bucket = open_bucket(s3_uri)
    bucket.put_new("sha256/x.json", b"{}")
    etag = bucket.swap("presets/p/x.json", b"{}", None)
    bucket.swap("presets/p/x.json", b"[]", etag)
    for key, rule in (
        ("sha256/x.json", "public, max-age=31536000, immutable"),
        ("presets/p/x.json", "no-cache"),
    ):
        answer = s3_client.head_object(Bucket=urlsplit(s3_uri).netloc, Key=f"public/{key}")
        assert answer["ContentType"] == "application/json"
        assert answer["CacheControl"] == rule


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

    bucket._objects._client.meta.events.register("provide-client-params.s3.ListObjectsV2", shorten)
    for number in range(5):
        bucket.put_new(f"k{number}", b"x")
    assert len(bucket.list("k")) == 5
    assert len(pages) == 3


def test_a_write_that_was_not_judged_is_tried_again(store):
    bucket = open_bucket("s3://show")
    etag = bucket.swap("k", b"one", None)
    store.num_conflicts = 2
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
    with pytest.raises(StorageError, match="AWS_ENDPOINT_URL"):
        open_bucket("s3://show").get("k")


def test_a_silent_endpoint_is_given_up(silent_url, use_endpoint, monkeypatch):
    use_endpoint(silent_url)
    monkeypatch.setattr(s3_objects, "_READ_TIMEOUT_S", 0.2)
    with pytest.raises(StorageError, match="AWS_ENDPOINT_URL"):
        open_bucket("s3://show").get("k")


def test_patience_ends_within_twenty_seconds():
    longest_wait_s = max(s3_objects._CONNECT_TIMEOUT_S, s3_objects._READ_TIMEOUT_S)
    assert longest_wait_s * s3_objects._MAX_ATTEMPTS <= 20


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


HTML = (
    b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body><h1>No</h1></body></html>"
)
SAID = "<Error><Code>{}</Code><Message>not so</Message></Error>"


@pytest.mark.parametrize(
    ("status", "body", "found", "remedy"),
    [
        (502, HTML, "HTTP 502, no error of S3's form", "run the same command again later"),
        (404, HTML, "HTTP 404, no error of S3's form", "address of the store itself"),
        (400, b"", "HTTP 400, no error of S3's form", "address of the store itself"),
        (403, SAID, "HTTP 403, RequestTimeTooSkewed: not so", "this machine's clock"),
        (403, SAID, "HTTP 403, AccessDenied: not so", "check the credentials"),
        (403, SAID, "HTTP 403, InvalidAccessKeyId: not so", "check the credentials"),
        (400, SAID, "HTTP 400, ExpiredToken: not so", "get new credentials"),
        (404, SAID, "HTTP 404, NoSuchBucket: not so", "make the bucket first"),
        (400, SAID, "HTTP 400, AuthorizationHeaderMalformed: not so", "set AWS_REGION"),
    ],
)
def test_an_error_says_status_endpoint_region_and_what_to_do(
    store, monkeypatch, status, body, found, remedy
):
    monkeypatch.setattr(s3_objects, "_MAX_ATTEMPTS", 1)
    if body == SAID:
        body = SAID.format(found.split()[2].rstrip(":")).encode()
    store.page = (status, body)
    bucket = open_bucket("s3://show")
    for call in (lambda: bucket.get("k"), lambda: bucket.put_new("k", b"x")):
        with pytest.raises(StorageError) as refused:
            call()
        assert found in refused.value.found
        assert f"endpoint {store.url}, region us-east-1" in refused.value.found
        assert remedy in refused.value.remedy


@pytest.mark.parametrize("call", ["get", "list"])
def test_a_web_page_is_no_store(store, call):
    store.page = (200, HTML)
    bucket = open_bucket("s3://show")
    with pytest.raises(StorageError, match="address of the store itself"):
        getattr(bucket, call)("k")


def test_missing_region_and_profile_are_said(use_endpoint, monkeypatch):
    use_endpoint("http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(StorageError, match="AWS_PROFILE"):
        open_bucket("s3://show")


def test_a_store_that_makes_what_was_to_be_replaced_is_refused(store):
    store.makes_absent = True
    for _ in range(2):
        with pytest.raises(StorageError, match="If-Match on an object that is not there"):
            open_bucket("s3://show").put_new("k", b"x")
    assert not any(path.endswith("/k") for path in store.objects)
