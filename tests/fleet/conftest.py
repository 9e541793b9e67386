"""A Ray of each module's own."""

from collections.abc import Iterator

import pytest
import ray

from aivj.fleet.cluster import cluster


@pytest.fixture(scope="module", autouse=True)
def ray_session() -> Iterator[None]:
    with cluster(num_cpus=4):
        ray.get(ray.remote(lambda: None).remote())
        yield
