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


def sums(*keys):
    """Returns the sum of each exported figure of the run over all processes, by `keys`."""
    found = {}
    for name, labels, value in exported():
        if labels["run"] == RUN:
            key = (name, *(labels.get(key, "") for key in keys))
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


def lead(log):
    """Leads a run to its end; returns outcomes, and what is exported while it is still told of."""
    executor = MeteredExecutor(RayExecutor(2), RUN, named)
    items = ["fine:1", "bad:1", "lost:1", "slow:1", "fine:2"]
    with contextlib.suppress(ZeroDivisionError), run_told(ENDED, REPORT, "require"):
        raise ZeroDivisionError
    with run_told(RUN, REPORT, "auto"):
        outcomes = list(executor.run(partial(FaultyWorker, log), items))
        progress = SampleProgress(3, 5, 2, {"script-error": 1}, dark_share=0.5, deaf_share=0.25)
        tell_progress(RUN, progress)
        found = {}
        deadline_s = time.monotonic() + EXPORTED_WITHIN_S
        while not EXPECTED.items() <= found.items() and time.monotonic() < deadline_s:
            time.sleep(0.5)
            found = sums("outcome", "kind")
        return len(outcomes), found, list(exported())


@pytest.mark.usefixtures("importable")
def test_prometheus_sees_items_workers_the_run_and_its_renderer(tmp_path):
    # In a process that Ray makes now: one that began while Ray's own exporter was not there yet, as
    # on a busy machine this one may have, exports nothing for as long as it lives.
    driver = ray.remote(num_cpus=0, runtime_env={"env_vars": {"AIVJ_TOLD": "1"}})(lead)
    num_outcomes, found, figures = ray.get(driver.remote(tmp_path / "log"))

    assert {key: found.get(key) for key in EXPECTED} == EXPECTED
    assert num_outcomes == 5
    assert found["ray_aivj_item_seconds_total", "", ""] >= 0.2
    assert time.time() - found["ray_aivj_driver_beat_timestamp_seconds", "", ""] < 120
    (renderer,) = [
        labels
        for name, labels, _ in figures
        if name == "ray_aivj_renderer" and labels["run"] == RUN
    ]
    assert renderer["renderer_class"] == "llvmpipe"
    assert renderer["policy"] == "auto"
    active = [value for _, labels, value in figures if labels["run"] == ENDED]
    assert active
    assert not any(value == 1 for value in active)
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
