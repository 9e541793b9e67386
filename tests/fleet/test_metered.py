"""What a pool tells of itself: read from the exporter of a real Ray node, as Prometheus does.

Workers are real actors. Log records are looked at in this process, where the same worker runs
without Ray.
"""

import asyncio
import contextlib
import logging
import time
import urllib.request
from functools import partial

import pytest
import ray
from executor_workers import FaultyWorker

from aivj.browser.renderer import RendererReport
from aivj.errors import ItemError
from aivj.fleet.metered import MeteredExecutor, MeteredWorker, Named, run_told, tell_progress
from aivj.fleet.metrics import METRICS
from aivj.fleet.rendering import RayExecutor
from aivj.runs.progress import SampleProgress

RUN, ENDED = "metered", "metered-ended"
REPORT = RendererReport("Mesa", "llvmpipe (LLVM 15)", "OpenGL ES 3.2", "156.0")
EXPORTED_WITHIN_S = 120
# Two intervals of what `ray_here` sets.
DROPPED_AFTER_S = 2


def named(item):
    return Named("faulty", item)


@pytest.fixture
def importable():
    """Lets Ray's processes unpickle the test's own worker."""
    modules = [__import__("executor_workers"), __import__(__name__, fromlist=["named"])]
    for module in modules:
        ray.cloudpickle.register_pickle_by_value(module)
    yield
    for module in modules:
        ray.cloudpickle.unregister_pickle_by_value(module)


def exported():
    """Yields name, labels and value of what the node exports of ours."""
    own = ray.get_runtime_context().get_node_id()
    (port,) = [node["MetricsExportPort"] for node in ray.nodes() if node["NodeID"] == own]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}") as answer:
        text = answer.read().decode()
    for line in text.splitlines():
        if line.startswith("ray_aivj_"):
            name, _, rest = line.partition("{")
            labels, _, value = rest.rpartition("} ")
            pairs = (pair.partition("=") for pair in labels.split(","))
            yield name, {key: text.strip('"') for key, _, text in pairs}, float(value)


def sums(seen, *keys):
    """Returns the sum of each figure of the run over all processes, by `keys`."""
    found = {}
    for (name, labels), value in seen.items():
        told = dict(labels)
        if told["run"] == RUN:
            key = (name, *(told.get(key, "") for key in keys))
            found[key] = found.get(key, 0) + value
    return found


EXPECTED = {
    ("ray_aivj_items_total", "done", ""): 3,
    ("ray_aivj_items_total", "script-error", ""): 1,
    ("ray_aivj_items_total", "browser-crash", ""): 3,
    ("ray_aivj_workers_replaced_total", "", "browser-crash"): 3,
    ("ray_aivj_workers_wanted", "", ""): 0,
    ("ray_aivj_workers_ready", "", ""): 0,
    ("ray_aivj_run_active", "", ""): 1,
    ("ray_aivj_renderer", "", ""): 1,
    ("ray_aivj_pairs_done", "", ""): 3,
    ("ray_aivj_pairs_target", "", ""): 5,
    ("ray_aivj_pairs_failed", "", "script-error"): 1,
    ("ray_aivj_dark_share", "", ""): 0.5,
    ("ray_aivj_still_share", "", ""): 0,
    ("ray_aivj_deaf_share", "", ""): 0.25,
}


def has_ended(seen):
    """Whether the run that ended was exported, and nothing of it last as if it still went."""
    told = [value for (_, labels), value in seen.items() if dict(labels)["run"] == ENDED]
    return bool(told) and 1 not in told


def lead(log):
    """Leads a run to its end; returns how many outcomes, and what was exported of it last.

    A gauge that a busy node exports late is not there for a moment.
    """
    executor = MeteredExecutor(RayExecutor(2), RUN, named)
    items = ["fine:1", "bad:1", "lost:1", "slow:1", "fine:2"]
    with run_told(RUN, REPORT, "auto", every_s=0.5):
        began_s = time.monotonic()
        outcomes = list(executor.run(partial(FaultyWorker, log), items))
        progress = SampleProgress(3, 5, 2, {"script-error": 1}, dark_share=0.5, deaf_share=0.25)
        tell_progress(RUN, progress)
        with contextlib.suppress(ZeroDivisionError), run_told(ENDED, REPORT, "require"):
            raise ZeroDivisionError
        seen = {}
        deadline_s = time.monotonic() + EXPORTED_WITHIN_S
        while time.monotonic() < deadline_s and not (
            EXPECTED.items() <= sums(seen, "outcome", "kind").items() and has_ended(seen)
        ):
            time.sleep(0.5)
            seen |= {(name, frozenset(labels.items())): value for name, labels, value in exported()}
        # What was set once, at the beginning, is still there when Ray would have dropped it.
        while time.monotonic() < began_s + 3 * DROPPED_AFTER_S:
            time.sleep(0.5)
        while not any(name == "ray_aivj_renderer" for name, *_ in exported()):
            assert time.monotonic() < deadline_s
            time.sleep(0.5)
        return len(outcomes), seen


@pytest.mark.usefixtures("importable")
def test_prometheus_sees_items_workers_the_run_and_its_renderer(tmp_path):
    # In a process that Ray makes now: one that began while Ray's own exporter was not there yet, as
    # on a busy machine this one may have, exports nothing for as long as it lives.
    driver = ray.remote(num_cpus=0, runtime_env={"env_vars": {"AIVJ_TOLD": "1"}})(lead)
    num_outcomes, seen = ray.get(driver.remote(tmp_path / "log"))

    found = sums(seen, "outcome", "kind")
    assert {key: found.get(key) for key in EXPECTED} == EXPECTED
    assert num_outcomes == 5
    assert found["ray_aivj_item_seconds_total", "", ""] >= 0.2
    assert time.time() - found["ray_aivj_driver_beat_timestamp_seconds", "", ""] < 180
    figures = [(name, dict(labels), value) for (name, labels), value in seen.items()]
    (renderer,) = [
        labels
        for name, labels, _ in figures
        if name == "ray_aivj_renderer" and labels["run"] == RUN
    ]
    assert renderer["renderer_class"] == "llvmpipe"
    assert renderer["policy"] == "auto"
    assert has_ended(seen)
    assert {name for name, *_ in found} <= {metric.exported for metric in METRICS}


def test_each_attempt_is_a_record(tmp_path, caplog):
    worker = MeteredWorker(partial(FaultyWorker, tmp_path / "log"), RUN, named)

    async def work():
        await worker.open()
        assert await worker.run("fine:1", 1) == "FINE:1"
        for item, error in (("bad:1", ItemError), ("bug:1", ZeroDivisionError)):
            with pytest.raises(error):
                await worker.run(item, 1)
        await worker.run("wearing:1", 1)
        assert worker.worn() == "worn out"
        await worker.close()

    with caplog.at_level(logging.INFO, "aivj.fleet"):
        asyncio.run(work())
    records = [
        (record.levelname, record.run, record.item, record.outcome)
        for record in caplog.records
        if record.name == "aivj.fleet"
    ]
    assert records == [
        ("INFO", RUN, "fine:1", "done"),
        ("WARNING", RUN, "bad:1", "script-error"),
        ("WARNING", RUN, "bug:1", "worker-error"),
        ("INFO", RUN, "wearing:1", "done"),
    ]
    assert (tmp_path / "log").read_text().splitlines()[-1] == "close"
