"""Which nodes of the cluster are about to leave: scaled down, preempted, or asked to by SIGTERM."""

from collections.abc import Set as AbstractSet


def draining_nodes() -> AbstractSet[str]:
    """Returns the ids of nodes that take nothing new and wait for their actors to go.

    Ray has no public way to ask. Its own libraries (Train, Data, Serve) use this one; replace it as
    soon as `ray.util.state` tells it.
    """
    import ray
    from ray._private.state import state

    try:
        return state.get_draining_nodes().keys()
    except (ray.exceptions.RayError, RuntimeError):
        # The head is busy. It is asked again in a second, and a node waits for longer than that.
        return frozenset()


def is_alive(node: str) -> bool:
    """Tells whether a node is one of the cluster's, as far as its head knows by now."""
    import ray

    nodes = ray.nodes()  # type: ignore[no-untyped-call]
    return any(each["NodeID"] == node and each["Alive"] for each in nodes)
