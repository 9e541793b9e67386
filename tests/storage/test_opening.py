import pytest

from aivj.errors import InputError, StorageError
from aivj.storage import open_bucket
from aivj.storage.file_bucket import FileBucket


@pytest.mark.parametrize("uri", ["{}", "file://{}", "file://localhost{}"])
def test_a_folder_is_opened_by_path_or_uri(tmp_path, uri):
    folder = tmp_path / "my bucket"
    bucket = open_bucket(uri.format(folder if uri == "{}" else str(folder).replace(" ", "%20")))
    bucket.put_new("k.json", b"x")
    assert (folder / "k.json").read_bytes() == b"x"
    assert bucket.uri == folder.as_uri()


def test_a_relative_path_stays_where_it_was_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bucket = open_bucket("var/bucket")
    monkeypatch.chdir("/")
    bucket.put_new("k.json", b"x")
    assert (tmp_path / "var/bucket/k.json").is_file()
    assert isinstance(bucket, FileBucket)


@pytest.mark.parametrize(
    "uri", ["", "gs://bucket/x", "s3://", "s3:///x", "file://host/x", "file://"]
)
def test_another_kind_of_uri_is_refused(uri):
    with pytest.raises(InputError, match="name the bucket"):
        open_bucket(uri)


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("file://{}/b#1/x", "b#1/x"),
        ("file://{}/what?/x=1", "what?/x=1"),
        ("file://localhost{}/a%20b", "a b"),
        ("file:{}/one-slash", "one-slash"),
        ("{}/plain#2?", "plain#2?"),
    ],
)
def test_a_buckets_uri_is_no_web_address(tmp_path, uri, folder):
    bucket = open_bucket(uri.format(tmp_path))
    bucket.put_new("k.json", b"x")
    assert (tmp_path / folder / "k.json").read_bytes() == b"x"
    assert open_bucket(bucket.uri).get("k.json")[0] == b"x"


def test_the_prefix_of_s3_is_taken_as_it_is(s3_uri, s3_client):
    name = s3_uri.split("/")[2]
    open_bucket(f"s3://{name}/a#1?x").put_new("k.json", b"x")
    listed = s3_client.list_objects_v2(Bucket=name)["Contents"]
    assert "a#1?x/k.json" in {item["Key"] for item in listed}


def test_a_folder_may_begin_with_a_tilde_or_be_relative(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for uri, place in (("~/b", "home/b"), ("c/d", "c/d")):
        open_bucket(uri).put_new("k", b"x")
        assert (tmp_path / place / "k").read_bytes() == b"x"


@pytest.mark.parametrize(
    "uri", ["s3://", "file://host/x", "file://relative", "gs://b/x", "a\0b", ""]
)
def test_what_is_no_bucket_is_refused(uri):
    with pytest.raises(InputError, match="a bucket such as"):
        open_bucket(uri)


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    bucket = open_bucket(str(tmp_path / "file"))
    for call in (lambda: bucket.get("k"), lambda: bucket.put_new("k", b"x")):
        with pytest.raises(StorageError, match=r"Not a directory|File exists"):
            call()
