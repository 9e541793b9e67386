"""Whether the nodes of a cluster have what work needs: asked before the first item is begun.

Assumes that Ray has been initialised.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aivj.errors import MissingDependencyError
from aivj.node import missing

# To start a process on a node that has just joined, and to unpack the code there.
_ANSWER_TIMEOUT_S = 120.0
_COUNTED = ("CPU", "GPU", "browser_slot")


def require_ready_nodes(
    resources: Mapping[str, float], look: Callable[[], list[str]] = missing
) -> None:
    """Asks each node that has these resources what it lacks; one that does not answer is let be.

    Args:
        resources: What an actor will ask for; a node with less of one of them never gets one.
        look: Run on each node; returns what it lacks.

    Raises:
        MissingDependencyError: Nodes lack something.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    task: Any = ray.remote(num_cpus=0, max_retries=0)(look)
    asked: dict[Any, str] = {}
    for node in ray.nodes():  # type: ignore[no-untyped-call]
        if node["Alive"] and _fits(node["Resources"], resources):
            there = NodeAffinitySchedulingStrategy(node_id=node["NodeID"], soft=False)
            name = f"{node['NodeManagerHostname']} ({node['NodeManagerAddress']})"
            asked[task.options(scheduling_strategy=there).remote()] = name
    answered, _ = ray.wait(list(asked), num_returns=len(asked), timeout=_ANSWER_TIMEOUT_S)
    lacking = [f"{asked[answer]} lacks {lack}" for answer in answered if (lack := _lack(answer))]
    if lacking:
        raise MissingDependencyError(
            "nodes that have what browsers need",
            "; ".join(sorted(lacking)),
            "give them an image that has it, or install it there: docs/jobs.md",
        )


def num_that_fit(resources: Mapping[str, float]) -> int:
    """Returns how many actors that ask for these have room on all living nodes, if all is free.

    An actor is on one node, whose leavings are nobody's. Needs one amount of more than 0.
    """
    import ray

    asked = {name: amount for name, amount in resources.items() if amount > 0}
    living = [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    rooms: list[int] = [
        min(int(node["Resources"].get(name, 0.0) / amount) for name, amount in asked.items())
        for node in living
    ]
    return sum(rooms)


def total_resources() -> dict[str, float]:
    """Returns what all living nodes have: nodes, CPUs, GPUs and browser slots."""
    import ray

    living = [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    total = {"nodes": float(len(living))}
    for name in _COUNTED:
        total[name] = sum(node["Resources"].get(name, 0.0) for node in living)
    return total


def _fits(has: Mapping[str, float], asked: Mapping[str, float]) -> bool:
    return all(has.get(name, 0.0) >= amount for name, amount in asked.items() if amount > 0)


def _lack(answer: Any) -> str:
    """Returns what a node said that it lacks; empty if it is ready, or left before it said so."""
    import ray

    try:
        return ", ".join(ray.get(answer))
    except ray.exceptions.RayTaskError as error:
        return str(error.cause)
    except ray.exceptions.RayError as error:
        told = str(error)
        return "the code of this job" if "ModuleNotFoundError" in told else ""
