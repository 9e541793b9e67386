"""Bad input at the command line: what was expected, found, and to do; the documented exit code."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from conftest import Ended

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def tracked(home, new_tracking_store):
    """The home with the tables of MLflow."""
    new_tracking_store(home / "mlflow" / "mlflow.db")


@pytest.fixture
def aivj(home, run_here):
    return lambda *arguments: run_here("--home", home, *arguments)


@pytest.fixture
def aivj_process(home):
    """Runs it as people do."""

    def aivj(*arguments, env):
        command = [sys.executable, "-m", "aivj.cli", "--home", str(home), *map(str, arguments)]
        environment = {**os.environ, **env}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=120, env=environment
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return aivj


def refused(done, exit_code, *words):
    assert done.exit_code == exit_code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line]
    assert [line.split()[0] for line in lines[-3:]] == ["expected", "found", "do"], done.stderr
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def write_manifest(home, **changes):
    folder = home / "public" / "presets" / "p"
    folder.mkdir(parents=True, exist_ok=True)
    pair = {"pair": 0, "fgUrl": "/presets/p/fg/a.milk", "bgUrl": "/presets/p/bg/b.milk"}
    manifest = {
        "version": "v0",
        "generatedAt": "2026-01-01T00:00:00.000Z",
        "pack": changes.pop("pack", "p"),
        "pairs": changes.pop("pairs", [{**pair, **changes}]),
    }
    (folder / PAIRS_MANIFEST_NAME).write_text(json.dumps(manifest))
    return pair


SAMPLE = ("sample", "--pack", "p", "--gpu", "software", "--executor", "in-process")


@pytest.mark.usefixtures("tracked")
@pytest.mark.parametrize(
    "verb", [SAMPLE, ("score",), ("verify", "--gpu", "software"), ("train", "--allow-cpu")]
)
def test_missing_pack(aivj, home, verb):
    write_manifest(home)
    done = aivj(*verb, "--pack", "nosuch")
    refused(done, 3, "a pack 'nosuch'", " p", "aivj pack --pack nosuch --presets DIR")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pack": "q"}, ["'q'"]),
        ({"pair": "0"}, ["whole JSON number"]),
        ({"fgUrl": "/presets/p/../../secret.milk"}, ["'..'"]),
        ({"fgUrl": "/presets/p/%2e%2e/x.milk"}, ["'..'"]),
        ({"pairs": []}, ["at least one pair"]),
    ],
)
def test_manifest_that_cannot_be_used(aivj, home, changes, words):
    write_manifest(home, **changes)
    refused(aivj(*SAMPLE), 3, *words)


def test_duplicate_ids(aivj, home):
    row = {"pair": 0, "fgUrl": "/presets/p/fg/a.milk", "bgUrl": "/presets/p/bg/a.milk"}
    write_manifest(home, pairs=[row, row])
    # The second entry is left out; the first names presets that are not there.
    refused(aivj(*SAMPLE), 9, "1 of 2 pairs of p cannot be used", "that of entry 0")


def test_pack_names_never_leave_the_packs(aivj):
    refused(aivj("sample", "--pack", "../p", "--gpu", "software"), 3, "pack name")


def test_absent_presets_leave_failures_and_say_where(aivj, home):
    write_manifest(home)
    out_dir = home / "run"

    refused(aivj(*SAMPLE, "--out-dir", out_dir), 9, "failures.jsonl")

    (failure,) = (out_dir / "failures.jsonl").read_text().splitlines()
    assert json.loads(failure)["kind"] == "missing-preset"


def test_silent_music(aivj, home, tmp_path):
    write_manifest(home)
    soundfile.write(tmp_path / "silence.wav", np.zeros(44_100), 44_100)
    refused(aivj(*SAMPLE, "--audio", tmp_path / "silence.wav"), 3, "silence.wav")


def test_music_that_is_none(aivj, home, tmp_path):
    write_manifest(home)
    (tmp_path / "song.mp3").write_bytes(b"not a song")
    refused(aivj(*SAMPLE, "--audio", tmp_path / "song.mp3"), 3, "song.mp3")


def test_no_gpu(aivj, home):
    write_manifest(home)
    refused(aivj("sample", "--pack", "p", "--gpu", "require"), 5, "--gpu software", "--use-angle")


def test_no_chromium(aivj_process, home, tmp_path):
    write_manifest(home)
    done = aivj_process(*SAMPLE, env={"PATH": str(tmp_path)})
    refused(done, 4, "Chromium", "make setup")


def test_no_cuda(aivj_process, home):
    write_manifest(home)
    done = aivj_process("train", "--pack", "p", env={"CUDA_VISIBLE_DEVICES": ""})
    refused(done, 6, "--allow-cpu")
    assert not (home / "mlflow").exists()


def test_no_checkpoint(aivj, home):
    write_manifest(home)
    refused(aivj("score", "--pack", "p"), 3, "coupling_net_final")


@pytest.mark.usefixtures("tracked")
def test_promotion_without_evidence(aivj, home):
    write_manifest(home)
    quality = {"pack": "p", "pairs": [{"pair": 0, "quality01": 0.5}]}
    path = home / "public/presets/p/pairs-quality.v0.json"
    path.write_text(json.dumps(quality))
    refused(aivj("promote", "--pack", "p"), 7)
    assert not (home / "bucket" / "presets").exists()


def test_unknown_schema_names_the_known(aivj):
    refused(aivj("schema", "nonsense"), 3, "pairs-quality")


def test_unknown_option(aivj):
    assert aivj("sample", "--nonsense").exit_code == 2


def test_only_a_look_may_leave_the_renderer_open(aivj):
    assert aivj("sample", "--pack", "p", "--gpu", "auto").exit_code == 2
    assert aivj("verify", "--pack", "p", "--gpu", "auto").exit_code == 2
