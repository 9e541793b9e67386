"""`aivj serve`, as a person runs it."""

import contextlib
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
from gate.tested_packs import MOVING, write_pack
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.errors import InputError

SINGLE = '{"presets": [{"id": "a", "url": "/presets/singles/a.milk"}]}'


@contextlib.contextmanager
def serve(home, *options):
    command = [sys.executable, "-m", "aivj.cli", "--home", str(home), "serve", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def home(tmp_path):
    write_pack(tmp_path / "public", [MOVING], [0.5])
    library = tmp_path / "public" / "presets" / "singles"
    library.mkdir()
    (library / "library-manifest.json").write_text(SINGLE)
    return tmp_path


def test_it_prints_an_address_that_answers_and_ends_with_ctrl_c(home):
    with serve(home, "--pack", "tested", "--port", "0") as process:
        address = process.stdout.readline().strip()
        assert re.fullmatch(
            r"http://127\.0\.0\.1:\d+/\?coupled=1&coupledPack=tested&coupledPick=weighted"
            r"&coupledGamma=4&coupling3d=on",
            address,
        )
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - loopback
            assert b"AIVJ player" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        # A busy machine says before that it is at work.
        assert process.stderr.read().removeprefix("serve: getting ready\n") == "stopped\n"


def test_a_port_that_is_taken_is_told_and_a_library_has_its_own_address(home):
    with serve(home, "--pack", "singles", "--port", "0") as process:
        address = process.stdout.readline().strip()
        port, query = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?(.*)", address).groups()
        assert query == "presetLibrarySource=singles"
        with serve(home, "--pack", "tested", "--port", port) as second:
            assert second.wait(60) == 3
            told = second.stderr.read()
            assert f"to listen on 127.0.0.1:{port}" in told
            assert "--port 0" in told


def test_music_of_the_folder_that_the_environment_names_is_served(home, tmp_path, monkeypatch):
    music = tmp_path / "music"
    music.mkdir()
    (music / "a.wav").write_bytes(b"tone")
    monkeypatch.setenv("LOCAL_AUDIO_ROOT", str(music))
    with serve(home, "--pack", "tested", "--port", "0") as process:
        origin = process.stdout.readline().partition("/?")[0]
        address = f"{origin}/__local_audio?path=a.wav"
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - loopback
            assert answer.read() == b"tone"


def test_it_listens_where_programs_look_for_it():
    told = CliRunner().invoke(app, ["serve", "--help"]).output
    assert "5174" in told


def test_a_pack_that_is_not_there_is_told_with_those_that_are(home):
    result = CliRunner().invoke(app, ["--home", str(home), "serve", "--pack", "none"])
    assert isinstance(result.exception, InputError)
    assert result.exception.found == "singles, tested"
