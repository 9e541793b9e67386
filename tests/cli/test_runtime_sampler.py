"""`aivj sample` called as the runtime's own sampler was called, and on a runtime's page."""

from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aivj.audio.click import CLICK_NAME
from aivj.cli.app import app
from aivj.cli.runtime_sampler import divided, live_options, taken
from aivj.errors import InputError
from aivj.live.settings import LiveSettings
from aivj.pipeline import rendering

DOCUMENT = Path(__file__).parents[2] / "docs" / "live.md"
URL = "http://127.0.0.1:9/"
ORIGINAL = """--packs one,two --coupledPick weighted --coupledGamma 4 --coupledExplore 0.05
 --coupledDedupN 30 --coupledDedupPenalty 0.05 --targetSamples 60 --targetCoverage 0.9
 --maxHours 0.5 --reloadEvery 100 --headed --gpuMode off --lumaMin 0.05 --motionMin 1e-5
 --audioMode click --requireAudio --outDir {out} --resume --vitePort 5174 --noSpawnVite
 --muteAudio true --viewportWidth=960 --pickTimeoutMs 20000"""


class StoppedError(Exception):
    """Far enough."""


def test_every_option_has_its_meaning_or_is_dropped(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        "aivj.sampling.run.require_usable", lambda told, _: seen.update(r=told) or ()
    )

    def stop(options):
        seen["options"] = options
        raise StoppedError

    monkeypatch.setattr(rendering, "prove_renderer", stop)
    arguments = ORIGINAL.format(out=tmp_path / "run").split()

    done = CliRunner().invoke(app, ["--home", str(tmp_path), "sample", *arguments])

    assert isinstance(done.exception, StoppedError), done.output
    request, options = seen["r"], seen["options"]
    assert request.packs == ("one", "two")
    assert (request.picking.mode, request.picking.gamma, request.picking.dedup_n) == (
        "weighted",
        4,
        30,
    )
    assert (request.target_samples, request.max_hours, request.reload_every) == (60, 0.5, 100)
    assert (request.luma_min, request.motion_min, request.resume) == (0.05, 1e-5, True)
    assert (options.gpu, options.headed) == ("software", True)
    for name in ("--vitePort", "--noSpawnVite", "--muteAudio", "--viewportWidth"):
        assert f"not used {name} " in done.output


@pytest.mark.parametrize(
    ("mode", "profile"),
    [("off", None), ("safe", None), ("force-d3d11", "d3d11"), ("nonsense", None)],
)
def test_gpu_modes_and_maximized_windows_reach_the_browser(tmp_path, monkeypatch, mode, profile):
    seen = []
    monkeypatch.setattr("aivj.sampling.run.require_usable", lambda *_: ())

    def stop(options):
        seen.append(options)
        raise StoppedError

    monkeypatch.setattr(rendering, "prove_renderer", stop)
    arguments = ["--pack", "p", "--headed", "--gpuMode", mode, "--startMaximized"]
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "sample", *arguments])

    assert isinstance(done.exception, StoppedError), done.output
    assert "not used" not in done.output
    assert [(each.profile, each.headed, each.maximized) for each in seen] == [(profile, True, True)]
    assert seen[0].gpu == ("software" if mode == "off" else "require")


@pytest.mark.parametrize("extra", [[], ["--requireAudio"]])
def test_pairs_hear_clicks_where_a_folder_has_no_music(tmp_path, monkeypatch, extra):
    heard = []

    def stop(_, playlist):
        heard.extend(clip.name for clip in playlist.clips)
        raise StoppedError

    monkeypatch.setattr("aivj.sampling.run.require_usable", stop)
    (tmp_path / "music").mkdir()
    arguments = ["--pack", "p", "--audioRoot", str(tmp_path / "music"), *extra]
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "sample", *arguments])

    assert isinstance(done.exception, StoppedError), done.output
    assert heard == [CLICK_NAME]
    assert "pairs hear the click track instead" in " ".join(done.output.split())


def test_flags_take_their_value_only_if_there_is_one():
    given = ["--muteAudio", "--host", "localhost", "--noSpawnVite", "false", "--wrong", "1"]

    assert divided(given) == (["--muteAudio", "--host", "--noSpawnVite"], ["--wrong", "1"])


def test_other_options_are_unknown():
    done = CliRunner().invoke(app, ["sample", "--pack", "p", "--no-such-option"])
    assert done.exit_code == 2
    assert "--no-such-option" in done.output


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--audioMode", "none"], "hears nothing"),
        (["--pairsManifest", "pairs-manifest.filtered.current.json"], "pairs-manifest.v0.json"),
        (["--pack", "p,p"], "different ones"),
    ],
)
def test_what_would_make_false_rows_is_refused(tmp_path, extra, words):
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "sample", "--pack", "p", *extra])

    assert words in str(done.exception)
    assert not (tmp_path / "artifacts").exists()


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
