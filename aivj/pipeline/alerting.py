"""Alerts of a run that goes on, told while it goes on."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from aivj.contracts.monitor_status import Alert
from aivj.contracts.monitored_run import MonitoredRun
from aivj.monitor.places import Places
from aivj.monitor.watches import Watches

_EVERY_S = 30.0


@contextlib.contextmanager
def alerts_told(
    home: Path, run: Path, tell: Callable[[Alert], None], *, every_s: float = _EVERY_S
) -> Iterator[None]:
    """Looks at a run now and then for as long as the block goes on, and tells each alert once.

    Args:
        home: The home that the run is in.
        run: Its folder; it need not be there yet.
        tell: Called from a thread of its own.
        every_s: Seconds from one look to the next.
    """
    is_over = threading.Event()
    watch = threading.Thread(target=_watch, args=(home, run, tell, every_s, is_over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        is_over.set()
        watch.join()


def _watch(
    home: Path, run: Path, tell: Callable[[Alert], None], every_s: float, is_over: threading.Event
) -> None:
    watches, told = Watches(Places(home, eval_dir=run)), set()
    while not is_over.wait(every_s):
        if not run.is_dir():
            continue
        for alert in _alerts(watches.told(None).run):
            if alert.kind not in told:
                told.add(alert.kind)
                tell(alert)


def _alerts(run: MonitoredRun) -> list[Alert]:
    """Returns the alerts of a run that still goes on; how it ended, its stage tells."""
    return run.alerts if run.standing == "running" else []
