"""The command as people run it: a process, a page's requests, Ctrl-C."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from gate.tested_packs import MOVING, write_pack
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.preferences import read_preferences
from aivj.errors import InputError

VERB = ("prefer", "--pack", "tested", "--port", "0")


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    write_pack(home / "public", [MOVING] * 4, [0.1, 0.4, 0.6, 0.9])
    return home


@pytest.fixture
def folder(home):
    return home / "public" / "presets" / "tested"


@pytest.fixture
def started(home):
    """Starts the command; returns the process and the address that it printed."""
    processes = []

    def started(*options, **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "aivj.cli", "--home", home, *VERB, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        processes.append(process)
        return process, process.stdout.readline().strip()

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def ask(address, what, body=None):
    page, _, token = address.partition("#")
    connection = HTTPConnection(urlsplit(page).netloc, timeout=20)
    data = None if body is None else json.dumps(body)
    headers = {"X-AIVJ-Token": token}
    connection.request("GET" if body is None else "POST", f"/prefer/{what}", data, headers)
    with contextlib.closing(connection):
        return json.loads(connection.getresponse().read())


def ended(process, number):
    """Ends the process with a signal; returns what it printed, and its errors."""
    process.send_signal(number)
    result = process.stdout.readline()
    rest, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    return result + rest, errors


def test_judgements_are_on_the_disk_at_once_and_the_next_start_goes_on(started, folder):
    log = folder / "preferences.jsonl"
    process, address = started("--by", "ada")
    ask(address, "judge", {"number": 1, "better": "left"})
    ask(address, "judge", {"number": 2, "better": "neither"})
    assert [row.tie for row in read_preferences(log).rows] == [False, True]
    state = ask(address, "state")
    result, errors = ended(process, signal.SIGINT)
    assert result == f"2 comparisons, 2 by ada today, order {certainty(state)} sure: {log}\n"
    *_, opened, following = errors.splitlines()
    assert opened == "open it in a browser; Ctrl-C ends"
    assert following.endswith(f" train --pack tested --preferences {log}")

    options = ("--audio", "click", "--prior", folder / PAIRS_QUALITY_NAME)
    process, address = started(*options, USER="bob", LOGNAME="bob")
    again = ask(address, "state")
    assert (again["by"], again["numComparisons"], again["numToday"]) == ("bob", 2, 0)
    assert again["orderCertainty01"] > state["orderCertainty01"]
    ask(address, "judge", {"number": 1, "better": "right"})
    [*_, row] = read_preferences(log).rows
    assert (row.by, row.clip, row.shown) == ("bob", "eval-click.wav", "right")
    result, errors = ended(process, signal.SIGTERM)
    assert result.startswith("3 comparisons, 1 by bob today, ")
    assert "Traceback" not in errors


def certainty(state):
    return f"{state['orderCertainty01']:.0%}"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--pack", "missing"], "a pack 'missing' with pairs-manifest.v0.json"),
        (["--audio", "missing.wav"], "missing.wav"),
        (["--audio", "."], "one piece of music; found the folder ."),
        (["--prior", "missing.json"], "missing.json; found nothing there"),
        (["--prior", "OTHER"], "scores of pack 'tested'"),
    ],
)
def test_what_cannot_be_used_is_refused(home, folder, options, words):
    quality = (folder / PAIRS_QUALITY_NAME).read_text()
    other = home / "OTHER"
    other.write_text(quality.replace('"tested"', '"other"'))
    given = [str(other) if option == "OTHER" else option for option in options]
    done = CliRunner().invoke(app, ["--home", str(home), *VERB, *given])
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)
    assert not (folder / "preferences.jsonl").exists()


def test_one_pair_is_no_choice(tmp_path):
    write_pack(tmp_path / "public", [MOVING], [0.5])
    done = CliRunner().invoke(app, ["--home", str(tmp_path), *VERB])
    assert "at least two pairs in pack 'tested'" in str(done.exception)
