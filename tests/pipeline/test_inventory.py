"""Packs and runs of a home, by what lies there."""

import json

import pytest
from gate.run_check.good_run import PACK, write_good_run

from aivj.contracts.json_text import document_bytes
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.pipeline.inventory import list_packs, list_runs
from aivj.settings import Settings


@pytest.fixture
def home(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def run(home):
    return write_good_run(home.home / "runs" / "one")


def write_pack(home, name, *, num_pairs=2, scores=None):
    folder = home.packs_root / "presets" / name
    folder.mkdir(parents=True)
    url = f"/presets/{name}"
    pairs = [
        ManifestPair(pair=n, fg_url=f"{url}/fg/{n}.milk", bg_url=f"{url}/bg/0.milk")
        for n in range(num_pairs)
    ]
    manifest = PairsManifest(generated_at="2026-01-01T00:00:00Z", pack=name, pairs=pairs)
    write_pairs_manifest(folder / "pairs-manifest.v0.json", manifest)
    if scores is not None:
        rows = [{"pair": n, "quality01": score} for n, score in enumerate(scores)]
        document = document_bytes({"pack": name, "pairs": rows})
        (folder / "pairs-quality.v0.json").write_bytes(document)
    return folder


def only_pack(home):
    (entry,) = list_packs(home, home.bucket_uri).packs
    return entry


def test_a_pack_that_was_only_drawn(home):
    write_pack(home, "mine", num_pairs=3)
    entry = only_pack(home)
    assert (entry.name, entry.num_pairs, entry.num_presets) == ("mine", 3, 4)
    assert (entry.quality_std, entry.num_preferences, entry.num_runs) == (None, 0, 0)
    assert (entry.released, entry.is_released, entry.problem) == (None, False, None)
    assert not (home.home / "bucket").exists()


@pytest.mark.usefixtures("run")
def test_scores_judgements_and_runs_are_counted(home):
    folder = write_pack(home, PACK, scores=[0.2, 0.6])
    pair = {"pack": PACK, "pair": 0}
    judged = {"winner": pair, "loser": {**pair, "pair": 1}, "by": "a", "at": "2026-01-01T00:00:00Z"}
    (folder / "preferences.jsonl").write_text(json.dumps(judged) + "\n")

    entry = only_pack(home)

    assert (entry.num_scored, entry.num_preferences, entry.num_runs) == (2, 1, 1)
    assert entry.quality_std == pytest.approx(0.2)


def test_scores_that_are_released_are_told_from_others(home, run_here):
    folder = write_pack(home, "mine", scores=[0.2, 0.6])
    promote = ("--home", home.home, "promote", "--pack", "mine", "--force", "--reason", "a test")
    assert run_here(*promote).exit_code == 0
    assert only_pack(home).is_released

    (folder / "pairs-quality.v0.json").write_text(
        json.dumps({"pack": "mine", "pairs": [{"pair": 0, "quality01": 0.3}]})
    )
    entry = only_pack(home)
    assert (entry.is_released, len(entry.released)) == (False, 64)


def test_a_pack_that_cannot_be_used_says_why(home):
    folder = write_pack(home, "broken")
    (folder / "pairs-manifest.v0.json").write_text("{")
    (folder.parent / ".workshop").mkdir()
    entry = only_pack(home)
    assert entry.num_pairs is None
    assert "pairs-manifest.v0.json" in entry.problem


def test_runs_are_found_wherever_they_lie_the_latest_first(home, run):
    later = write_good_run(home.home / "artifacts" / "coupled-eval" / "two")
    later.edit_meta(lambda meta: meta.update(startedAt="2026-04-01T00:00:00.000Z"))
    write_good_run(home.home / "cache" / "no place for a run")
    assert [entry.path for entry in list_runs(home.home).runs] == [str(later.path), str(run.path)]
