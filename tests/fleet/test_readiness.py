"""Nodes that lack something are named before anything is begun on them."""

import socket

import pytest
import ray

from aivj.errors import MissingDependencyError
from aivj.fleet.cluster import require_head
from aivj.fleet.readiness import num_that_fit, require_ready_nodes
from aivj.pipeline.pool_examination import Actors, examine_pool


def test_nodes_that_have_everything_are_let_be():
    require_ready_nodes({"CPU": 1})


def test_a_node_that_lacks_something_is_named_with_it():
    with pytest.raises(MissingDependencyError) as refused:
        require_ready_nodes({"CPU": 1}, look=lambda: ["Python packages: playwright", "Chromium"])
    assert socket.gethostname() in refused.value.found
    assert refused.value.found.endswith("lacks Python packages: playwright, Chromium")


def test_a_node_that_cannot_even_look_is_named_with_why():
    def look():
        raise ModuleNotFoundError("No module named 'aivj'")

    with pytest.raises(MissingDependencyError, match="lacks No module named 'aivj'"):
        require_ready_nodes({"CPU": 1}, look=look)


def test_a_node_that_never_gets_an_actor_is_not_asked():
    require_ready_nodes({"CPU": 1, "browser_slot": 1}, look=lambda: ["Chromium"])
    require_ready_nodes({"CPU": 1000}, look=lambda: ["Chromium"])


def test_a_head_is_known_as_one():
    require_head(ray.get_runtime_context().gcs_address)


def test_what_fits_is_what_the_scarcest_resource_lets():
    num_cpus = int(ray.cluster_resources()["CPU"])
    assert num_that_fit({"CPU": 1, "GPU": 0}) == num_cpus
    assert num_that_fit({"CPU": 0.5, "browser_slot": 1}) == 0


def test_a_cluster_says_how_many_browsers_fit():
    num_cpus = int(ray.cluster_resources()["CPU"])
    assert examine_pool("auto", Actors(num_cpus)).state == "ok"
    fewer = examine_pool("auto", Actors(num_cpus + 1))
    assert (fewer.state, fewer.remedy.rpartition(" ")[2]) == ("optional", str(num_cpus))
    none = examine_pool("auto", Actors(1, gpus=64))
    assert (none.state, "64 GPU for a browser" in none.remedy) == ("missing", True)
    assert examine_pool("auto", Actors(1, gpus=64), grows=True).state == "optional"
