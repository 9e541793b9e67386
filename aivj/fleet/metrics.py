"""The figures that a pool exports for Prometheus, through Ray's own exporter of each node.

Ray puts `ray_` before each name and `_total` behind a counter's, and adds the node. What a run's
pictures and verdicts are is not known here: that stands in its folder.
"""

import functools
import threading
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Metric:
    """One figure.

    Attributes:
        name: As Ray is told it.
        kind: What Prometheus takes it for.
        meaning: What it counts.
        labels: What it is told apart by.
    """

    name: str
    kind: Literal["counter", "gauge"]
    meaning: str
    labels: tuple[str, ...]

    @property
    def exported(self) -> str:
        """Its name in Prometheus."""
        return f"ray_{self.name}{'_total' if self.kind == 'counter' else ''}"

    def add(self, amount: float, *labels: str) -> None:
        """Counts; labels in the order of `labels`."""
        _ray_metric(self).inc(amount, dict(zip(self.labels, labels, strict=True)))

    def put(self, value: float, *labels: str) -> None:
        """Sets the value of the moment; labels in the order of `labels`.

        Ray exports it once and drops it after two of its intervals: see `tell_again`.
        """
        with _putting:
            _put[self, labels] = value
            _ray_metric(self).set(value, dict(zip(self.labels, labels, strict=True)))


_put: dict[tuple[Metric, tuple[str, ...]], float] = {}
# Else what is told again could overtake, and undo, what another thread has just set.
_putting = threading.RLock()


def tell_again() -> None:
    """Sets all gauges of this process anew, so that Ray goes on exporting them."""
    with _putting:
        for (metric, labels), value in list(_put.items()):
            metric.put(value, *labels)


def forget(run: str) -> None:
    """Leaves the gauges of a run to be dropped."""
    with _putting:
        for metric, labels in list(_put):
            if labels[0] == run:
                del _put[metric, labels]


ITEMS = Metric(
    "aivj_items",
    "counter",
    "Attempts that ended; outcome is done, or the kind of the failure",
    ("run", "work", "outcome"),
)
# Ray's histograms sum the middles of their buckets, so a mean would be wrong by half.
ITEM_SECONDS = Metric("aivj_item_seconds", "counter", "Seconds of those attempts", ("run", "work"))
WORKERS_WANTED = Metric("aivj_workers_wanted", "gauge", "Workers that a run asked for", ("run",))
WORKERS_READY = Metric("aivj_workers_ready", "gauge", "Workers that are open", ("run",))
WORKERS_REPLACED = Metric(
    "aivj_workers_replaced", "counter", "Workers that were lost, worn or drained", ("run", "kind")
)
ITEMS_REISSUED = Metric(
    "aivj_items_reissued", "counter", "Items given to a second worker too", ("run",)
)
RUN_ACTIVE = Metric("aivj_run_active", "gauge", "1 while a driver works, 0 as it ends", ("run",))
DRIVER_BEAT = Metric(
    "aivj_driver_beat_timestamp_seconds", "gauge", "When a driver last said that it lives", ("run",)
)
RENDERER = Metric(
    "aivj_renderer",
    "gauge",
    "1 for what draws; policy is what was asked for",
    ("run", "renderer_class", "renderer", "chromium", "policy"),
)
PAIRS_DONE = Metric("aivj_pairs_done", "gauge", "Pairs with a row or a failure", ("run",))
PAIRS_TARGET = Metric("aivj_pairs_target", "gauge", "Pairs aimed at", ("run",))
PAIRS_FAILED = Metric("aivj_pairs_failed", "gauge", "Pairs that failed, by kind", ("run", "kind"))
DARK_SHARE = Metric("aivj_dark_share", "gauge", "Share of rows that are too dark", ("run",))
STILL_SHARE = Metric("aivj_still_share", "gauge", "Share of rows with too little motion", ("run",))
DEAF_SHARE = Metric(
    "aivj_deaf_share", "gauge", "Share of rows that look the same in silence", ("run",)
)

METRICS = (
    *(ITEMS, ITEM_SECONDS, WORKERS_WANTED, WORKERS_READY, WORKERS_REPLACED, ITEMS_REISSUED),
    *(RUN_ACTIVE, DRIVER_BEAT, RENDERER, PAIRS_DONE, PAIRS_TARGET, PAIRS_FAILED),
    *(DARK_SHARE, STILL_SHARE, DEAF_SHARE),
)
"""All of them."""


@functools.cache
def _ray_metric(metric: Metric) -> Any:
    from ray.util.metrics import Counter, Gauge

    make = Counter if metric.kind == "counter" else Gauge
    return make(metric.name, metric.meaning, metric.labels)
