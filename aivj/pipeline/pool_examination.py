"""Whether a Ray cluster has what browsers will ask for."""

from dataclasses import dataclass

from aivj.doctor import Finding
from aivj.errors import AivjError
from aivj.fleet.cluster import cluster
from aivj.fleet.readiness import num_that_fit, require_ready_nodes, total_resources


@dataclass(frozen=True)
class Actors:
    """What browsers on a cluster ask for.

    Attributes:
        num_workers: How many of them.
        cpus: CPUs of each.
        gpus: GPUs of each.
        browser_slots: Of the custom resource `browser_slot`, for each.
    """

    num_workers: int
    cpus: float = 1.0
    gpus: float = 0.0
    browser_slots: float = 0.0

    @property
    def resources(self) -> dict[str, float]:
        """What one asks for, as Ray counts it."""
        return {"CPU": self.cpus, "GPU": self.gpus, "browser_slot": self.browser_slots}


def examine_pool(address: str, actors: Actors, *, grows: bool = False) -> Finding:
    """Joins a cluster, and says what it has, and how many of these browsers fit there now.

    Args:
        address: The cluster.
        actors: The browsers.
        grows: Whether more nodes may join when they are asked for.

    Returns:
        `missing` if it cannot be joined, a node lacks a program, or none fits and none will;
        `optional` if fewer fit than are asked for.
    """
    try:
        with cluster(num_cpus=1, address=address):
            has, num_there = total_resources(), num_that_fit(actors.resources)
            require_ready_nodes(actors.resources)
    except AivjError as error:
        return Finding("ray", "missing", error.found, error.remedy)
    found = ", ".join(f"{amount:g} {name}" for name, amount in has.items())
    if num_there >= actors.num_workers:
        return Finding("ray", "ok", found)
    if num_there:
        remedy = (
            f"{num_there} browsers fit, {actors.num_workers} are asked for: --workers {num_there}"
        )
        return Finding("ray", "optional", found, remedy)
    each = ", ".join(f"{amount:g} {name}" for name, amount in actors.resources.items() if amount)
    remedy = f"no node has {each} for a browser: ask for less, or wait until one has joined"
    return Finding("ray", "optional" if grows else "missing", found, remedy)
