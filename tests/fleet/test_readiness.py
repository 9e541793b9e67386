"""Nodes that lack something are named before anything is begun on them."""

import socket

import pytest

from aivj.errors import MissingDependencyError
from aivj.fleet.readiness import require_ready_nodes


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
