"""A development server that runs already, and one that is started and ended."""

import json
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest
from live.fake_runtime import fake_runtime

from aivj.errors import InputError, ServerNotReadyError
from aivj.live.dev_server import dev_server

SERVER = """
const at = (name) => process.argv[process.argv.indexOf(name) + 1];
require("http").createServer((request, answer) => {
  answer.end(`<script src="/@vite/client"></script> ${process.env.VITE_NW_VERIFY}`);
}).listen(Number(at("--port")), at("--host"), () => {
  require("fs").writeFileSync("pid", String(process.pid));
});
"""


@pytest.fixture
def url():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}/?a=b"


@pytest.fixture
def project(tmp_path):
    """A runtime's project; what `npm run dev` does in it."""

    def make(script="node server.js"):
        (tmp_path / "package.json").write_text(json.dumps({"scripts": {"dev": script}}))
        (tmp_path / "server.js").write_text(SERVER)
        return tmp_path

    return make


def pid_in(folder):
    return int((folder / "pid").read_text())


def test_a_server_is_started_where_none_answers_and_ends_with_the_block(project, url):
    folder = project()

    with dev_server(url, str(folder), timeout_s=60) as is_started:
        assert is_started
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - loopback
            assert answer.read().endswith(b"</script> 1")
        server = psutil.Process(pid_in(folder))

    _, alive = psutil.wait_procs([server], timeout=30)
    assert alive == []


def test_one_that_answers_is_left_as_it_is(tmp_path):
    with (
        fake_runtime(tmp_path) as address,
        dev_server(address, str(tmp_path / "absent"), timeout_s=60) as is_started,
    ):
        assert not is_started


def test_nothing_is_started_without_a_folder(url):
    with dev_server(url, None, timeout_s=60) as is_started:
        assert not is_started


def test_a_server_that_ends_is_told_with_its_last_words(project, url):
    folder = project("echo no such framework; exit 3")

    with (
        pytest.raises(ServerNotReadyError, match="no such framework"),
        dev_server(url, str(folder), timeout_s=60),
    ):
        pass


def test_one_that_never_answers_is_given_up(project, url):
    folder = project("node silent.js")
    (folder / "silent.js").write_text("setInterval(() => 0, 1e6);")

    with (
        pytest.raises(ServerNotReadyError, match="nothing answered"),
        dev_server(url, str(folder), timeout_s=0.5),
    ):
        pass


def test_what_cannot_be_started_is_refused(tmp_path, url):
    with (
        pytest.raises(InputError, match=r"package\.json"),
        dev_server(url, str(tmp_path), timeout_s=1),
    ):
        pass
    with (
        pytest.raises(InputError, match="of this machine"),
        dev_server("http://192.0.2.1:9/", str(tmp_path), timeout_s=1),
    ):
        pass


OWNER = """
import sys
from aivj.live.dev_server import dev_server
with dev_server(sys.argv[1], sys.argv[2], timeout_s=60):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_it_ends_also_when_its_owner_is_killed(project, url):
    folder = project()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, url, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout.readline() == "ready\n"
        server = psutil.Process(pid_in(folder))
    finally:
        owner.kill()
        owner.communicate()

    _, alive = psutil.wait_procs([server], timeout=30)
    assert alive == []
