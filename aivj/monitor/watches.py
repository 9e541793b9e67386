"""The runs that somebody looks at, each watched once for all who do."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.contracts.monitor_status import MonitorStatus
from aivj.contracts.monitored_run import MonitoredRun
from aivj.monitor.gpus import GpuWatch
from aivj.monitor.places import Places, RunPlace
from aivj.monitor.run_watch import RunWatch
from aivj.monitor.status import monitor_status, monitored_run
from aivj.monitor.wall_pictures import WallPictures

_MOST_WATCHED = 6
_RUNS_KEPT_S = 3.0


@dataclass(frozen=True)
class Told:
    """A run as it is told.

    Attributes:
        run: All that is known.
        is_behind: Whether there is more to read.
    """

    run: MonitoredRun
    is_behind: bool


class UnknownRunError(Exception):
    """Nothing that is watched is called so."""


class Watches:
    """Finds runs and watches those that are asked for; safe to be asked from several threads.

    Args:
        places: Where runs are looked for.
        now_s: Seconds since 1970.
    """

    def __init__(self, places: Places, now_s: Callable[[], float] = time.time) -> None:
        self._places = places
        self._now_s = now_s
        self._gpus = GpuWatch(now_s)
        self._lock = threading.Lock()
        self._watches: OrderedDict[Path, RunWatch] = OrderedDict()
        self._runs: tuple[float, list[RunPlace]] | None = None

    def told(self, run_id: str | None, budget_s: float = 1.0) -> Told:
        """Returns all that is known of a run.

        Args:
            run_id: Which; None: the one touched last.
            budget_s: How long to read what is new.

        Raises:
            UnknownRunError: There is no such run.
        """
        with self._lock:
            watch = self._watch(self._place(run_id))
            run = monitored_run(watch.look(budget_s), self._all())
            return Told(run, watch.is_behind)

    def status(self, run_id: str | None, budget_s: float = 1.0) -> MonitorStatus:
        """Returns the answer that other programs read. Arguments and errors as of `told`."""
        with self._lock:
            watch = self._watch(self._place(run_id))
            look = watch.look(budget_s)
            last: dict[str, Any] | None = watch.last_row()
            return monitor_status(look, last)

    def place(self, run_id: str | None) -> RunPlace:
        """Returns where a run is. Raises as `told`."""
        with self._lock:
            return self._place(run_id)

    def picture(self, run_id: str | None, pack: str, pair: int) -> Path | None:
        """Returns where a pair's picture is; None if there is none. Raises as `told`."""
        return WallPictures(self.place(run_id).folder).path(pack, pair)

    def _place(self, run_id: str | None) -> RunPlace:
        runs = self._all()
        if run_id is None:
            return runs[0] if runs else self._places.nowhere()
        found = next((place for place in runs if place.id == run_id), None)
        if found is None:
            raise UnknownRunError(run_id)
        return found

    def _all(self) -> list[RunPlace]:
        now_s = time.monotonic()
        if self._runs is None or now_s - self._runs[0] > _RUNS_KEPT_S:
            self._runs = (now_s, self._places.runs())
        return self._runs[1]

    def _watch(self, place: RunPlace) -> RunWatch:
        watch = self._watches.get(place.folder)
        if watch is None:
            watch = RunWatch(place, self._gpus.look, self._now_s)
            self._watches[place.folder] = watch
        self._watches.move_to_end(place.folder)
        while len(self._watches) > _MOST_WATCHED:
            self._watches.popitem(last=False)
        return watch
