"""A home and paths in a bucket, from the command line."""

import json
import shutil

import pytest
from gate.run_check.good_run import NUM_ROWS, PACK, write_good_run
from library.made_library import MadeProber, audit, write_library

from aivj.cli.library import read_home_library
from aivj.errors import InputError
from aivj.runs.in_bucket import KeptRun, kept_in_bucket
from aivj.settings import Settings
from aivj.storage import open_bucket
from aivj.storage.mirror import Mirror


@pytest.fixture
def home(s3_uri, tmp_path, monkeypatch):
    """Its address; what is at hand lies in `scratch`."""
    monkeypatch.setenv("AIVJ_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setenv("AIVJ_HOME", s3_uri)
    return s3_uri


@pytest.fixture
def mirror(home, tmp_path):
    """The bucket from another disk."""
    return Mirror(open_bucket(home), tmp_path / "laptop")


@pytest.fixture
def run(mirror):
    """A run of pack `tested` in the bucket, beside it another pack."""
    run = write_good_run(mirror.folder)
    run.path.rename(mirror.folder / "runs")
    shutil.copytree(run.packs_root / "presets" / PACK, run.packs_root / "presets" / "other")
    mirror.deliver("")


def at_hand(tmp_path):
    return {path.name for path in (tmp_path / "scratch").rglob("*") if path.is_dir()}


@pytest.mark.usefixtures("run")
def test_what_is_in_a_bucket_is_listed(run_here, home):
    ended = run_here("packs", "--json")

    assert ended.exit_code == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert [pack["name"] for pack in found["packs"]] == ["other", PACK]
    assert found["bucket"] == f"{home}/bucket"
    (entry,) = json.loads(run_here("runs", "--json").stdout)["runs"]
    assert (entry["numRows"], entry["state"]) == (NUM_ROWS, "complete")


@pytest.mark.usefixtures("run")
def test_of_packs_and_runs_what_is_named_is_brought(run_here, home, tmp_path):
    words = ("preset-features", "--pack", PACK)

    ended = run_here(*words, "--eval-jsonl", f"{home}/runs/eval.jsonl")

    assert f"none in {NUM_ROWS} rows" in ended.stderr
    brought = {path.name for path in (tmp_path / "scratch").rglob("*")}
    assert {PACK, "eval.jsonl", "failures.jsonl", "meta.json"} <= brought
    assert not {"other", "thumbnails"} & brought


@pytest.mark.usefixtures("run")
def test_pictures_of_a_pack_are_brought(run_here, mirror, tmp_path):
    for pack in (PACK, "other"):
        index = mirror.folder / "artifacts" / "aivj" / pack / "frames-index.jsonl"
        index.parent.mkdir(parents=True)
        index.write_text('{"at":"","presetId":"a","status":"failed","reasons":["empty"]}\n')
    mirror.deliver("artifacts")

    ended = run_here("check-frames", "--pack", PACK)

    assert ended.exit_code == 2
    assert "ok 0.000 < 0.85" in ended.stderr
    brought = list((tmp_path / "scratch").rglob("frames-index.jsonl"))
    assert [path.parent.name for path in brought] == [PACK]


@pytest.mark.usefixtures("run")
def test_what_is_written_is_delivered(run_here, home, mirror):
    ended = run_here("check-run", f"{home}/runs", "--write", f"{home}/checked/verdict.json")

    assert ended.exit_code == 0, ended.stderr
    assert json.loads(mirror.bucket.get("checked/verdict.json")[0])["verdict"] == "passed"


def test_a_run_with_a_journal_is_checked_and_shown(run_here, home, mirror, tmp_path):
    good = write_good_run(tmp_path)
    kept = KeptRun(Mirror(mirror.bucket, tmp_path / "elsewhere"), "runs/good")
    with kept_in_bucket(kept, print):
        shutil.copytree(good.path, kept.folder, dirs_exist_ok=True)

    ended = run_here("check-run", f"{home}/runs/good")

    assert ended.exit_code == 0, ended.stdout
    assert run_here("report", f"{home}/runs/good").exit_code == 0
    assert mirror.bucket.get("runs/good/report.html") is not None
    assert not mirror.bucket.list("runs/good/thumbnails")


@pytest.mark.usefixtures("run")
def test_a_path_in_a_bucket_needs_no_home_there(run_here, home, tmp_path, monkeypatch):
    monkeypatch.setenv("AIVJ_HOME", str(tmp_path / "home"))

    assert run_here("check-run", f"{home}/runs").exit_code == 0
    ended = run_here("check-run", f"{home}/none")
    assert ended.exit_code == 3


def test_a_bucket_that_is_away_is_said_with_what_to_do(
    run_here, use_endpoint, tmp_path, monkeypatch
):
    use_endpoint("http://127.0.0.1:9")
    monkeypatch.setenv("AIVJ_SCRATCH", str(tmp_path))
    ended = run_here("--home", "s3://nowhere/x", "packs")

    assert ended.exit_code == 8
    assert "127.0.0.1:9" in ended.stderr


def test_the_library_page_reads_the_audit_of_a_home_in_a_bucket(mirror, home, tmp_path):
    with pytest.raises(InputError, match=f"no {home}/artifacts/presets/audit"):
        read_home_library(Settings(), None, None)
    library = write_library(tmp_path / "library")
    audit(library, mirror.folder / "artifacts" / "presets" / "audit", MadeProber({}))
    mirror.deliver("")
    found = read_home_library(Settings(), None, None)
    assert found.source == f"audit {home}/artifacts/presets/audit"
    assert "a/one.milk" in {preset.rel_path for preset in found.index.presets}
