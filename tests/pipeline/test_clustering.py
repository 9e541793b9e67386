"""A pack's presets are grouped, and indexes written beside its manifest."""

import json

import pytest
from styles.made_presets import STYLES, write_library, write_pictures, write_sorted

from aivj.contracts.clusters import Clusters, read_clusters, write_clusters
from aivj.contracts.embeddings import EmbeddingFiles
from aivj.contracts.frames_index import FramesLog, FramesRow
from aivj.errors import InputError
from aivj.pipeline.cluster_looks import looks_of_frames, looks_of_takes
from aivj.pipeline.cluster_sheet import write_cluster_sheet
from aivj.pipeline.clustering import ClusterRequest, make_clusters
from aivj.pipeline.library_presets import library_manifest_path, read_library
from aivj.pipeline.style_indexing import (
    clusters_of,
    energies,
    index_path,
    indexed_presets,
    known_presets,
    write_cluster_index,
    write_named_index,
    write_policy,
)
from aivj.pipeline.style_teaching import teach
from aivj.pipeline.styles import apply, styled_files
from aivj.styles.taught_files import read_taught


@pytest.fixture
def library(tmp_path):
    return read_library(write_library(tmp_path))


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    folder = tmp_path_factory.mktemp("styles")
    teach(write_sorted(folder / "sorted"), folder / "taught", name="mine")
    return read_taught(folder / "taught")


def style(preset_id):
    return preset_id.split("-")[1]


def purity(clusters):
    """How many presets are in a cluster most of whose presets have their style."""
    groups = {}
    for name, cluster in clusters.assignments.items():
        groups.setdefault(cluster, []).append(style(name))
    right = sum(max(members.count(each) for each in STYLES) for members in groups.values())
    return right / len(clusters.assignments)


@pytest.mark.parametrize("mode", ["text", "embeddings", "both", "taught"])
def test_presets_of_one_style_come_together(tmp_path, library, taught, mode):
    names = [preset.preset_id for preset in library.presets]
    files = write_pictures(tmp_path, {name: style(name) for name in names})

    made = make_clusters(library, ClusterRequest(mode, k=3, embeddings=files, taught=taught))

    assert purity(made.clusters) == 1
    assert (made.clusters.k, made.clusters.method, made.clusters.mode) == (3, "kmeans", mode)
    assert not made.left_out
    for cluster in made.clusters.clusters:
        assert cluster.count == 8
        members = [n for n, c in made.clusters.assignments.items() if c == cluster.id]
        assert set(cluster.nearest) == set(members)
        (ruling,) = {style(name) for name in cluster.nearest}
        assert cluster.label.startswith(ruling)  # the taught style that rules it


def test_taught_styles_are_clusters_by_their_names(library, taught):
    made = make_clusters(library, ClusterRequest("taught", taught=taught))

    labels = {cluster.id: cluster.label for cluster in made.clusters.clusters}
    assert sorted(labels.values()) == sorted(STYLES)
    assert all(labels[c] == style(n) for n, c in made.clusters.assignments.items())
    assert made.presets["lib-Waves-0"].styles == ("Waves",)


def test_tags_are_clusters_too(library):
    made = make_clusters(library, ClusterRequest("tag"))

    assert made.clusters.method == "likeliest tag"
    assert {cluster.label for cluster in made.clusters.clusters} == {"other"}


def test_names_that_tell_a_cluster_are_those_of_its_code(library):
    made = make_clusters(library, ClusterRequest("text", k=3))

    for cluster in made.clusters.clusters:
        told = " ".join(STYLES[style(cluster.nearest[0])])
        assert cluster.terms
        assert all(term.split()[1] in told for term in cluster.terms)


def test_a_rerun_keeps_ids_whatever_the_seed(tmp_path, library):
    first = make_clusters(library, ClusterRequest("text", k=3, seed=1)).clusters
    path = tmp_path / "clusters.v0.json"
    swap = {"c01": "c07", "c02": "c01", "c03": "c05"}
    renamed = first.model_dump(mode="json") | {
        "assignments": {name: swap[cluster] for name, cluster in first.assignments.items()},
        "clusters": [{"id": swap[each.id], "count": each.count} for each in first.clusters],
    }
    write_clusters(path, Clusters.model_validate(renamed))

    again = make_clusters(library, ClusterRequest("text", k=3, seed=9, before=path)).clusters
    other = make_clusters(library, ClusterRequest("tag", before=path)).clusters

    assert again.assignments == read_clusters(path).assignments
    assert set(other.assignments.values()) == {"c01"}  # compared by something else


def test_what_cannot_be_compared_is_left_out_or_refused(tmp_path, library):
    names = [preset.preset_id for preset in library.presets]
    files = write_pictures(tmp_path, {name: style(name) for name in names[:10]})
    library.presets[0].path.unlink()

    made = make_clusters(library, ClusterRequest("embeddings", k=2, embeddings=files))

    assert len(made.clusters.assignments) == 9
    assert made.left_out == {"file that cannot be read": 1, "no embedding": 14}
    for request in (
        ClusterRequest("embeddings", k=2),
        ClusterRequest("taught"),
        ClusterRequest("text", k=24),
        ClusterRequest("embeddings", embeddings=EmbeddingFiles(tmp_path / "none")),
    ):
        with pytest.raises(InputError):
            make_clusters(library, request)


def write_frames(folder, motion):
    path = folder / "frames-index.jsonl"
    with FramesLog(path) as log:
        for name, value in motion.items():
            picture = folder / "frames" / f"{name}.webp"
            picture.parent.mkdir(exist_ok=True)
            picture.write_bytes(b"picture of " + name.encode())
            log.append(
                FramesRow(
                    at="2026-03-01T09:00:00.000Z",
                    preset_id=name,
                    status="ok",
                    frames=(f"frames/{name}.webp",),
                    metrics={"avgLuma": 0.3, "motion": value},
                )
            )
    return path


def test_indexes_lie_where_a_runtime_looks_and_energy_is_measured(tmp_path, library, taught):
    made = make_clusters(library, ClusterRequest("text", k=3, taught=taught))
    names = [preset.preset_id for preset in library.presets]
    motion = {name: place / 100 for place, name in enumerate(names[:-1])}
    looks = looks_of_frames(write_frames(tmp_path, motion))
    path = index_path(library, "v1")

    index = write_cluster_index(
        library, made.clusters, known_presets(library, made), looks, version="v1", path=path
    )

    assert path == library.folder / "aivj-style-index.v1.json"
    entries = {entry.preset_id: entry for entry in index.entries}
    assert entries[names[0]].energy == "calm"
    assert entries[names[-2]].energy == "peak"
    assert entries[names[-1]].energy == "groove"  # nobody measured it
    assert all(f"style:{style(name)}" in entry.tags for name, entry in entries.items())
    assert json.loads(path.read_text())["entries"][0]["presetId"] == names[0]

    v0 = write_named_index(library, index_path(library, "v0"), mode="name")
    assert {entry.author_key for entry in v0.entries} == {"author"}
    policy = json.loads(write_policy(library).read_text())
    assert (policy["pack"], policy["version"]) == ("lib", "v0")


def test_clusters_of_another_pack_are_refused(tmp_path, library):
    made = make_clusters(library, ClusterRequest("text", k=2))
    path = tmp_path / "clusters.v0.json"
    write_clusters(path, made.clusters)

    assert clusters_of(path, library).assignments == made.clusters.assignments
    other = read_library(write_library(tmp_path, name="other"))
    with pytest.raises(InputError, match="other packs"):
        clusters_of(path, other)


def test_styles_that_were_written_become_tags_of_an_index(tmp_path, library, taught):
    path = tmp_path / "preset-styles.jsonl"

    counts = apply(taught, styled_files(library), path)

    assert counts == dict.fromkeys(sorted(STYLES), 8)
    index = write_named_index(library, index_path(library, "v0"), mode="tag", styles_path=path)
    assert all(f"style:{style(each.preset_id)}" in each.tags for each in index.entries)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["presetId"] for row in rows] == [preset.preset_id for preset in library.presets]
    assert all(len(row["likely"]) == 3 for row in rows)


def test_the_sheet_shows_the_pictures_nearest_each_centre(tmp_path, library):
    made = make_clusters(library, ClusterRequest("text", k=3))
    shown = [preset.preset_id for preset in library.presets][:20]
    looks = looks_of_frames(write_frames(tmp_path, dict.fromkeys(shown, 0.1)))
    path = tmp_path / "qa" / "index.html"

    write_cluster_sheet(path, made, looks, energies(made, looks))

    page = path.read_text()
    assert page.count("data:image/webp") == 20
    assert "<script" not in page
    assert all(cluster.label in page for cluster in made.clusters.clusters)


def test_where_nothing_is_known_of_looks_nothing_is_said(tmp_path, library):
    made = make_clusters(library, ClusterRequest("text", k=2))
    contents = {name: preset.content_hash for name, preset in made.presets.items()}

    looks = looks_of_takes(str(tmp_path / "takes"), contents)

    assert (looks.motion, looks.pictures(contents)) == ({}, {})
    assert energies(made, looks) == {}
    assert len(indexed_presets(library, {})) == 24


@pytest.mark.parametrize("name", ["", "..", "a/b", "/etc"])
def test_a_name_that_is_no_folders_is_refused(tmp_path, name):
    with pytest.raises(InputError):
        library_manifest_path(tmp_path, name)


def test_presets_outside_of_their_root_are_left_out(tmp_path):
    path = write_library(tmp_path)
    document = json.loads(path.read_text())
    document["presets"][0]["relPath"] = "../../etc/passwd"
    path.write_text(json.dumps(document))

    assert len(read_library(path).presets) == 23
