"""The page on a clustering, out of what was made and how its presets look."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from aivj.contracts.style_index import Energy
from aivj.pipeline.cluster_looks import Looks
from aivj.pipeline.clustering import MadeClusters
from aivj.report.clusters import ClusterStudy, ShownCluster, ShownPreset, write_clusters_page

_MAX_PICTURES = 2000
"""More would make the page too heavy to open."""


def write_cluster_sheet(
    path: Path, made: MadeClusters, looks: Looks, energy_of: Mapping[str, Energy]
) -> None:
    """Writes the page, whole or not at all.

    Args:
        path: Where to.
        made: The clustering.
        looks: Pictures of presets.
        energy_of: How presets move, by id; others are not counted.

    Raises:
        StorageError: The disk did not take it, or the store of takes does not answer.
    """
    document = made.clusters
    per_cluster = max(1, _MAX_PICTURES // max(1, len(document.clusters)))
    shown: list[ShownCluster] = []
    members: dict[str, Counter[str]] = {each.id: Counter() for each in document.clusters}
    for name, cluster_id in document.assignments.items():
        members[cluster_id][energy_of.get(name, "")] += 1
    for cluster in document.clusters:
        nearest = cluster.nearest[:per_cluster]
        pictures = looks.pictures(nearest)
        counts = members[cluster.id]
        shown.append(
            ShownCluster(
                cluster.id,
                cluster.label,
                cluster.count,
                cluster.terms,
                (counts["calm"], counts["groove"], counts["peak"]),
                [
                    ShownPreset(
                        made.presets[name].listed.label.removesuffix(".milk"),
                        energy_of.get(name, "not measured"),
                        pictures.get(name, b""),
                    )
                    for name in nearest
                ],
            )
        )
    sizes = [cluster.count for cluster in document.clusters]
    facts = {
        "presets": f"{len(document.assignments):,}",
        "clusters": str(len(sizes)),
        "smallest and largest": f"{min(sizes)} and {max(sizes)}",
        "compared by": document.mode,
        "method": document.method,
        "seed": str(document.seed),
    }
    left_out = [f"{num} left out: {reason}" for reason, num in sorted(made.left_out.items())]
    study = ClusterStudy(
        pack=document.pack,
        generated_at=datetime.fromisoformat(document.generated_at),
        facts=list(facts.items()),
        conclusion=f"{len(sizes)} clusters by {document.mode}; pictures and motion: {looks.source}",
        notes=[*made.notes, *left_out],
        clusters=shown,
    )
    write_clusters_page(path, study)
