"""`aivj sample --runtime-url`: what it takes, and what it refuses."""

from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aivj.cli.app import app
from aivj.cli.runtime_sampler import live_options, taken
from aivj.errors import InputError
from aivj.live.settings import LiveSettings
from aivj.pipeline import rendering

DOCUMENT = Path(__file__).parents[2] / "docs" / "live.md"
URL = "http://127.0.0.1:9/"


class StoppedError(Exception):
    """Far enough."""


def sample(tmp_path, *arguments):
    command = ["--home", str(tmp_path), "sample", "--pack", "p", "--runtime-url", URL, *arguments]
    return CliRunner().invoke(app, command)


@pytest.fixture
def asked(monkeypatch):
    """What a live run is asked for; it stops before a browser is started."""
    seen = {}

    def stop(options):
        seen["options"] = options
        raise StoppedError

    monkeypatch.setattr(
        "aivj.live.run.require_usable_live", lambda told, live: seen.update(r=told, live=live) or ()
    )
    monkeypatch.setattr(rendering, "prove_renderer", stop)
    return seen


def test_options_of_the_runtime_s_sampler_have_their_meaning(tmp_path, asked):
    done = sample(
        tmp_path,
        *("--pickTimeoutMs", "20000", "--measure-samples=4", "--viewportWidth", "960"),
        *("--audioMode", "none", "--gpu", "software", "--workers", "3", "--vitePort", "5174"),
    )

    assert isinstance(done.exception, StoppedError), done.output
    live = asked["live"]
    assert (live.url, live.num_workers, live.width) == (URL, 3, 960)
    assert (live.pick_timeout_ms, live.measure_samples) == (20_000, 4)
    assert asked["r"].reload_every == 800
    assert "not used --vitePort" in done.output


def test_reloading_can_be_asked_for(tmp_path, asked):
    sample(tmp_path, "--reload-every", "7")

    assert asked["r"].reload_every == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--width", "320"], "--viewport-width"),
        (["--measure-frames", "60"], "--measure-samples"),
        (["--executor", "in-process"], "only the stage has"),
        (["--actor-gpus", "0.5"], "only the stage has"),
        (["--pick-timeout-ms", "1"], "from 500 to 60000"),
        (["--measureSamples", "many"], "a whole number"),
        (["--measureSamples"], "a value for"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, asked, arguments, words):
    done = sample(tmp_path, *arguments)

    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)
    assert asked == {}


def test_an_address_that_is_none_is_refused(tmp_path):
    command = ["--home", str(tmp_path), "sample", "--pack", "p", "--runtime-url", "5174"]
    done = CliRunner().invoke(app, command)

    assert isinstance(done.exception, InputError)
    assert "http://127.0.0.1:5174/" in str(done.exception)


def test_other_options_are_left():
    assert taken(["--no-such", "1"]) == ({}, ["--no-such", "1"])


@pytest.mark.parametrize("option", live_options(), ids=lambda option: option.name)
def test_every_option_is_a_setting_and_stands_in_the_document(option):
    assert option.field in {field.name for field in fields(LiveSettings)}
    default = getattr(LiveSettings(url=""), option.field)
    assert f"| `{option.our_name}`, `{option.name}` | {default} |" in DOCUMENT.read_text()
