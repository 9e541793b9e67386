"""Style indexes: v0 by names and tags, v1 by clusters."""

from aivj.contracts.clusters import Cluster, Clusters
from aivj.styles.index import IndexedPreset, cluster_index, index_v0

TIME = "2026-03-01T09:00:00.000Z"
PRESETS = [
    IndexedPreset("a", "Ann - bass storm.milk", ("wave", "liquid")),
    IndexedPreset("b", "Bob - soft.milk", ("wave",), ("Hypnotic", "Fractal")),
    IndexedPreset("c", "plain.milk"),
]
CLUSTERS = Clusters(
    generated_at=TIME,
    pack="lib",
    k=2,
    seed=1,
    method="kmeans",
    mode="text",
    assignments={"a": "c01", "b": "c02", "gone": "c02"},
    clusters=[Cluster(id="c01", count=1, label="Waves"), Cluster(id="c02", count=2)],
)


def test_v0_groups_by_author_or_by_what_is_drawn():
    by_name = index_v0("lib", PRESETS, mode="name", generated_at=TIME)
    by_tag = index_v0("lib", PRESETS, mode="tag", generated_at=TIME)

    assert [entry.author_key for entry in by_name.entries] == ["ann", "bob", "plain"]
    assert [entry.author_key for entry in by_tag.entries] == ["liquid", "wave", "other"]
    assert [entry.energy for entry in by_tag.entries] == ["peak", "calm", "groove"]
    assert by_name.entries[0].tags == ["energy:peak", "author:ann", "band:low", "wave", "liquid"]
    assert by_name.clusters is None


def test_v1_groups_by_cluster_and_knows_motion():
    index = cluster_index(CLUSTERS, PRESETS, {"a": "calm"}, version="v1", generated_at=TIME)

    keys = [(entry.preset_id, entry.author_key, entry.energy) for entry in index.entries]
    # The second one's energy is that of its name: nobody measured it.
    assert keys == [("a", "c01", "calm"), ("b", "c02", "calm")]
    own = ["wave", "style:Hypnotic", "style:Fractal"]
    assert index.entries[1].tags == ["energy:calm", "cluster:c02", *own]
    assert [(group.id, group.label, group.count) for group in index.clusters] == [
        ("c01", "Waves", 1),
        ("c02", "c02", 2),
    ]
