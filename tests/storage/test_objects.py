from datetime import UTC, datetime, timedelta

import pytest

from aivj.errors import StorageError
from aivj.storage import open_folder


def test_what_is_not_there_is_nothing(folder_uri):
    folder = open_folder(folder_uri)
    assert folder.read("a") is None
    assert folder.read_range("a", 0, 5) is None
    assert folder.listing() == {}
    assert folder.folders() == []
    folder.remove("a")


@pytest.mark.parametrize("name", ["a.arrow", "with space", "50% #1 ?x=é"])
def test_an_object_comes_back_whole_and_in_parts(folder_uri, name):
    folder = open_folder(folder_uri).folder("x % #")
    folder.write(name, b"0123456789")
    assert folder.read(name) == b"0123456789"
    assert folder.read_range(name, 3, 4) == b"3456"
    assert folder.read_range(name, 8, 100) == b"89"
    assert list(folder.listing()) == [name]
    assert folder.listing()[name].size == 10
    folder.write(name, b"new")
    assert folder.read(name) == b"new"
    folder.remove(name)
    assert folder.read(name) is None
    assert folder.listing() == {}


def test_a_listing_tells_objects_and_when_they_were_written_and_folders_apart(folder_uri):
    folder = open_folder(folder_uri)
    folder.write("b", b"1")
    for name in ("y", "x"):
        folder.folder(name).write("deep", b"22")
    assert list(folder.listing()) == ["b"]
    age = datetime.now(UTC) - folder.listing()["b"].modified_at
    assert abs(age) < timedelta(minutes=5)
    assert folder.folders() == ["x", "y"]


def test_the_same_place_has_the_same_address_and_can_be_opened_by_it(folder_uri):
    folder = open_folder(folder_uri).folder("x")
    folder.write("a", b"1")
    assert open_folder(folder.uri).read("a") == b"1"


def test_large_objects_come_back(folder_uri):
    data = bytes(range(256)) * 2**16
    folder = open_folder(folder_uri)
    folder.write("large", data)
    assert folder.read("large") == data


def test_a_bucket_without_a_prefix_is_a_folder_too(s3_uri):
    folder = open_folder(s3_uri.removesuffix("/public"))
    folder.folder("x").write("a", b"1")
    assert folder.folders() == ["x"]
    assert open_folder(f"{folder.uri}/x").read("a") == b"1"


CALLS = {
    "read": lambda folder: folder.read("a"),
    "write": lambda folder: folder.write("a", b"1"),
    "listing": lambda folder: folder.listing(),
    "folders": lambda folder: folder.folders(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_endpoint_where_nobody_listens_is_named(use_endpoint, call):
    use_endpoint("http://127.0.0.1:9")
    with pytest.raises(StorageError, match=r"s3://show/x.*to answer.*http://127.0.0.1:9"):
        call(open_folder("s3://show/x"))


@pytest.mark.parametrize("call", ["write", "listing", "folders"])
def test_a_bucket_that_does_not_exist_is_an_error(moto_url, use_endpoint, call):
    use_endpoint(moto_url)
    with pytest.raises(StorageError, match="s3://no-such-bucket/x"):
        CALLS[call](open_folder("s3://no-such-bucket/x"))


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9000", "ftp://x", "http://"])
def test_an_endpoint_that_is_no_address_is_refused(use_endpoint, endpoint):
    use_endpoint(endpoint)
    with pytest.raises(StorageError, match="AWS_ENDPOINT_URL"):
        open_folder("s3://show/x")


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="to be read"):
        open_folder(tmp_path / "file").listing()
