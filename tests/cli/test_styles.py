"""Styles from a sorted folder to what a runtime reads, as a person types it."""

import json

import pytest
from styles.made_presets import STYLES, write_library, write_pictures, write_sorted


@pytest.fixture
def home(tmp_path):
    write_library(tmp_path / "public")
    write_sorted(tmp_path / "sorted")
    return tmp_path


def test_the_documented_commands_lead_to_an_index_by_ones_own_styles(home, run_here):
    taught = run_here("--home", home, "styles", "teach", home / "sorted")
    applied = run_here("--home", home, "styles", "apply", "--pack", "lib")
    clustered = run_here("--home", home, "cluster", "--pack", "lib", "--mode", "taught")
    policy = run_here("--home", home, "style-policy", "--pack", "lib")

    assert [each.exit_code for each in (taught, applied, clustered, policy)] == [0] * 4
    assert "held out: 1.000" in taught.stdout
    folder = home / "public" / "presets" / "lib"
    index = json.loads((folder / "aivj-style-index.v1.json").read_text())
    names = {cluster["id"]: cluster["label"] for cluster in index["clusters"]}
    assert sorted(names.values()) == sorted(STYLES)
    for entry in index["entries"]:
        style = entry["presetId"].split("-")[1]
        assert names[entry["authorKey"]] == style
        assert f"style:{style}" in entry["tags"]
    artifacts = home / "artifacts" / "aivj" / "lib"
    assert (artifacts / "qa-samples" / "index.html").is_file()
    assert len((artifacts / "preset-styles.jsonl").read_text().splitlines()) == 24


def test_styles_are_taught_by_pictures_and_it_is_said_who_is_told_without(home, run_here):
    sorted_folder, pack = home / "sorted", home / "artifacts" / "aivj" / "lib"
    paths = sorted(path.relative_to(sorted_folder) for path in sorted_folder.rglob("*.milk"))
    write_pictures(home / "pictures", {path.as_posix(): path.parts[0] for path in paths})

    taught = run_here(
        *("--home", home, "styles", "teach", sorted_folder, "--embeddings", home / "pictures")
    )
    applied = run_here("--home", home, "styles", "apply", "--pack", "lib")
    write_pictures(pack, {f"lib-{style}-{num}": style for style in STYLES for num in range(7)})
    clustered = run_here("--home", home, "cluster", "--pack", "lib", "--mode", "taught")

    assert [each.exit_code for each in (taught, applied, clustered)] == [0] * 3
    assert "pictures: 36 of 36 presets have one" in taught.stderr
    assert "held out, by text alone: 1.000" in taught.stdout
    assert "of the 36 that have one: 1.000" in taught.stdout
    assert "so pictures add +0.000" in taught.stdout
    assert "in three tries" not in taught.stdout  # of three styles
    assert "told by text alone: all presets" in applied.stderr
    assert "told by text alone: 3 of 24 presets, which have no picture" in clustered.stderr


def test_one_can_go_without_any_of_it(home, run_here):
    by_tag = run_here("--home", home, "style-index", "--pack", "lib")
    by_code = run_here("--home", home, "cluster", "--pack", "lib", "--k", "3")
    again = run_here("--home", home, "style-index", "--pack", "lib", "--mode", "clusters")

    assert [each.exit_code for each in (by_tag, by_code, again)] == [0, 0, 0]
    assert "compared by text" in by_code.stderr
    assert "3 clusters of 24 presets are many" in by_code.stderr
    assert "motion of 24 presets is not known" in by_code.stderr
    folder = home / "public" / "presets" / "lib"
    versions = [
        json.loads((folder / f"aivj-style-index.{v}.json").read_text()) for v in ("v0", "v1")
    ]
    assert [each["version"] for each in versions] == ["v0", "v1"]
    assert {len(each["entries"]) for each in versions} == {24}


def test_too_many_clusters_are_refused_and_nothing_is_written(home, run_here):
    ended = run_here("--home", home, "cluster", "--pack", "lib", "--k", "25", "--mode", "text")

    assert ended.exit_code == 3
    assert "24" in ended.stderr
    assert not (home / "artifacts").exists()


def test_the_check_ends_with_2_where_no_index_is_valid(run_here):
    ended = run_here(
        "check-style-index", "--manifestUrl", "http://127.0.0.1:1/library-manifest.json"
    )

    assert ended.exit_code == 2
    assert "Error: no style index" in ended.stderr
