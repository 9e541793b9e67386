"""Nodes that leave and nodes that are killed under a run, each a second raylet of this machine."""

import contextlib
import time
from collections import Counter
from functools import partial

import psutil
import pytest
import ray
from executor_workers import FaultyWorker
from ray._private.node import Node
from ray._private.parameter import RayParams
from ray.core.generated.autoscaler_pb2 import DrainNodeReason

from aivj.executor.protocol import WorkerReplaced
from aivj.fleet.draining import draining_nodes, is_alive
from aivj.fleet.rendering import RayExecutor

# Of items that take 0.2 s; far more than it takes until a node is missed.
MAX_ITEMS = 1_500
NUM_ITEMS_AFTER = 6


class PlacedWorker(FaultyWorker):
    """Says where an item was done."""

    async def run(self, item, timeout_s):
        await super().run(item, timeout_s)
        return ray.get_runtime_context().get_node_id()

    async def close(self):
        self._note(f"close on {ray.get_runtime_context().get_node_id()}")


class _Node:
    """A raylet that has joined the cluster of this process."""

    def __init__(self):
        context = ray.get_runtime_context()
        node = ray._private.worker.global_worker.node
        params = RayParams(
            gcs_address=context.gcs_address,
            node_ip_address=node.node_ip_address,
            temp_dir=node.get_temp_dir_path(),
            session_name=node.session_name,
            num_cpus=4,
            num_gpus=0,
            object_store_memory=80 * 1024 * 1024,
            min_worker_port=0,
            max_worker_port=0,
            node_manager_port=0,
            include_log_monitor=False,
        )
        params.dashboard_agent_listen_port = None
        self._node = Node(params, head=False, shutdown_at_exit=False, spawn_reaper=False)
        self.id = self._node.node_id
        ((raylet, *_),) = [
            infos for name, infos in self._node.all_processes.items() if name == "raylet"
        ]
        self._raylet = psutil.Process(raylet.process.pid)

    def end(self):
        """Asks it to leave, with the words that `ray start` has for a SIGTERM."""
        deadline_ms = int(time.time() * 1000) + 300_000
        is_taken, why_not = self._node.get_gcs_client().drain_node(
            self.id, DrainNodeReason.DRAIN_NODE_REASON_PREEMPTION, "leaves", deadline_ms
        )
        assert is_taken, why_not

    def kill(self):
        """Kills it with all that runs there."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [*self._raylet.children(recursive=True), self._raylet]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    def has_left(self, timeout_s):
        with contextlib.suppress(psutil.TimeoutExpired):
            self._raylet.wait(timeout_s)
        return not self._raylet.is_running() or self._raylet.status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def node():
    node = _Node()
    yield node
    node.kill()


@pytest.fixture(autouse=True)
def importable():
    """Lets Ray's processes unpickle the test's own workers."""
    modules = [__import__("executor_workers"), __import__(__name__, fromlist=["_"])]
    for module in modules:
        ray.cloudpickle.register_pickle_by_value(module)
    yield
    for module in modules:
        ray.cloudpickle.unregister_pickle_by_value(module)


def outcomes_when(happens, node, log, events):
    """Runs items on two workers, one of them on the node, which something happens to meanwhile.

    There are items until it was noticed, and some more.
    """
    asked = []

    def items():
        num_left = NUM_ITEMS_AFTER
        while num_left > 0 and len(asked) < MAX_ITEMS:
            num_left -= any(isinstance(event, WorkerReplaced) for event in events)
            asked.append(f"slow:{len(asked)}")
            yield asked[-1]

    run = RayExecutor(2).run(partial(PlacedWorker, log), items(), on_event=events.append)
    outcomes = []
    for outcome in run:
        outcomes.append(outcome)
        if outcome.result == node.id:
            break
    happens()
    outcomes += run
    assert Counter(outcome.item for outcome in outcomes) == Counter(asked)
    assert {(outcome.error, outcome.num_attempts) for outcome in outcomes} == {(None, 1)}
    return outcomes


def test_what_is_in_hand_ends_on_a_node_that_drains_and_the_slot_moves(node, tmp_path):
    log, events = tmp_path / "log", []

    outcomes = outcomes_when(node.end, node, log, events)

    replaced = [event for event in events if isinstance(event, WorkerReplaced)]
    left = {outcome.slot for outcome in outcomes if outcome.result == node.id}
    assert [(event.kind, event.slot) for event in replaced] == [("draining", left.pop())]
    assert node.has_left(timeout_s=100)
    assert node.id not in draining_nodes()
    assert log.read_text().count(f"close on {node.id}") == 1


def test_items_do_not_pay_for_a_node_that_is_killed(node, tmp_path):
    events = []

    outcomes_when(node.kill, node, tmp_path / "log", events)

    assert "node-lost" in [getattr(event, "kind", None) for event in events]


def test_a_node_of_the_cluster_is_alive_and_none_other():
    assert is_alive(ray.get_runtime_context().get_node_id())
    assert not is_alive("0" * 56)
    assert set(draining_nodes()) == set()
