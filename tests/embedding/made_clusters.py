"""A pack whose clusters are the colours of its pictures."""

import numpy as np
from embedding.test_embed import preset

from aivj.contracts.clusters import CLUSTERS_NAME, Cluster, Clusters, write_clusters
from aivj.contracts.frames_index import BandResponse, FrameMetrics, FramesLog

RED, BLUE = "c00", "c01"
METRICS = FrameMetrics(
    avg_luma=0.4,
    motion=0.1,
    band_response=BandResponse(low=0.5, mid=0.1, high=0.1),
    band_class="low",
)


def write_pack(folder, *, num_each=6):
    """Writes an index of red presets and blue ones, and their clusters; returns the assignments."""
    chance = np.random.default_rng(5)
    assigned = {}
    with FramesLog(folder / "frames-index.jsonl") as log:
        for number in range(2 * num_each):
            name = f"p{number}"
            assigned[name] = (RED, BLUE)[number % 2]
            dim, bright = (int(level) for level in chance.integers((0, 180), (60, 255)))
            colour = (bright, dim, 20) if number % 2 == 0 else (20, dim, bright)
            row = preset(folder, name, colour, colour[::1])
            log.append(row.model_copy(update={"metrics": METRICS, "rel_path": f"pack/{name}.milk"}))
    write_clusters(
        folder / CLUSTERS_NAME,
        Clusters(
            generated_at="2026-03-01T00:00:00.000Z",
            pack="mine",
            k=2,
            seed=1,
            method="made",
            mode="embeddings",
            assignments=assigned,
            clusters=[Cluster(id=RED, count=num_each), Cluster(id=BLUE, count=num_each)],
        ),
    )
    return assigned
