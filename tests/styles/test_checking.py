"""Which style index a runtime would use, over HTTP, as the player tries them."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aivj.contracts.style_index import read_style_index
from aivj.errors import InputError
from aivj.styles.checking import beside, check_style_index

ENTRY = {"presetId": "a", "authorKey": "c01", "energy": "calm", "tags": ["wave"]}
V1, V0, POLICY = (
    "aivj-style-index.v1.json",
    "aivj-style-index.v0.json",
    "aivj-style-policy.v0.json",
)


def index(version, entries=(ENTRY,)):
    return json.dumps({"version": version, "pack": "lib", "entries": list(entries)})


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/library-manifest.json"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def write(served):
    folder, url = served

    def write_files(**files):
        for path in folder.iterdir():
            path.unlink()
        for name, text in {V1: files.get("v1"), V0: files.get("v0")}.items():
            if text is not None:
                (folder / name).write_text(text)
        if "policy" in files:
            (folder / POLICY).write_text(files["policy"])
        return check_style_index(url)

    return write_files


def test_v1_comes_before_v0(write):
    found = write(v1=index("v1", [ENTRY, ENTRY]), v0=index("v0"), policy='{"version":"v0"}')

    assert (found.used, found.num_entries, found.policy, found.faults) == ("v1", 2, True, {})


@pytest.mark.parametrize(
    "v1",
    [
        *(None, "", "{", "null", "[]", '"v1"', '{"version":"v1"}', "\ufeff{"),
        index("v0"),
        index("v1", [{"presetId": "a"}, {**ENTRY, "energy": "loud"}, {**ENTRY, "presetId": ""}]),
        index("v1", [7, None, "x"]),
        '{"version":"v1","entries":[],"x":NaN}',
        '{"version":"v1","entries":{}}',
        "[" * 100_000,
    ],
)
def test_whatever_is_wrong_with_v1_v0_takes_its_place(write, v1):
    found = write(v1=v1, v0=index("v0"))

    assert (found.used, found.num_entries) == ("v0", 1)
    assert set(found.faults) == {V1, POLICY}
    assert found.faults[V1]
    assert write(v1=v1).used is None


def test_an_empty_list_is_valid(write):
    assert write(v1=index("v1", [])).used == "v1"


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://x/y", "x/library-manifest.json"])
def test_other_addresses_are_refused(url):
    with pytest.raises(InputError):
        check_style_index(url)


def test_a_server_that_is_gone_has_no_index():
    found = check_style_index("http://127.0.0.1:1/library-manifest.json")

    assert found.used is None
    assert set(found.faults) == {V1, V0, POLICY}


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("http://h/p/library-manifest.json", "http://h/p/x.json"),
        ("http://h/p/library-manifest.json?a=1&b=/c", "http://h/p/x.json?a=1&b=/c"),
        ("http://h/p/", "http://h/p/x.json"),
        ("http://h/p", "http://h/p/x.json"),
    ],
)
def test_files_lie_beside_the_manifest(manifest, expected):
    assert beside(manifest, "x.json") == expected


def test_of_a_valid_index_the_entries_that_are_not_valid_are_left_out(tmp_path):
    path = tmp_path / V1
    bare = {"presetId": "b", "authorKey": "c02", "energy": "peak", "tags": ["dots", 5, None]}
    path.write_text(index("v1", [{**ENTRY, "energy": "PEAK"}, bare, {**ENTRY, "tags": "wave"}]))

    found = read_style_index(path, "v1")

    assert [(each.preset_id, each.tags) for each in found.entries] == [("b", ["dots"]), ("a", [])]
    with pytest.raises(InputError, match="version"):
        read_style_index(path, "v0")
