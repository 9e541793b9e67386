"""What came when, in as many steps as a page can show, however long it went on."""

from aivj.contracts.monitored_run import RunSeries

_MAX_STEPS = 360
_RECENT_MIN = 90
_MINUTE_S = 60
_MAX_RUN_S = 400 * 24 * 3600


class TimeSteps:
    """Counts rows, new pairs and failures by time; steps get wider as the run gets longer."""

    def __init__(self) -> None:
        self._start_s: int | None = None
        self._width_s = 1
        self._steps: list[list[int]] = []
        self._by_minute: dict[int, int] = {}
        self._by_second: dict[int, int] = {}

    def add(self, t_ms: int, *, row: bool, fresh: bool) -> None:
        """Counts a row, or else a failure, that was written at a time."""
        second = t_ms // 1000
        self._count_recent(second)
        if self._start_s is None:
            self._start_s = second
        if abs(second - self._start_s) > _MAX_RUN_S:  # no time of this run
            return
        while len(self._steps) and self._num_before(second) + len(self._steps) > _MAX_STEPS:
            self._double()
        num_before = self._num_before(second)
        self._steps[:0] = [[0, 0, 0] for _ in range(num_before)]
        self._start_s -= num_before * self._width_s
        while (place := (second - self._start_s) // self._width_s) >= _MAX_STEPS:
            self._double()
        while place >= len(self._steps):
            self._steps.append([0, 0, 0])
        step = self._steps[place]
        step[0 if row else 2] += 1
        step[1] += fresh

    def series(self) -> RunSeries:
        """Returns all steps."""
        rows, fresh, failures = (
            map(list, zip(*self._steps, strict=True)) if self._steps else ([],) * 3
        )
        return RunSeries(
            start_s=float(self._start_s or 0),
            width_s=float(self._width_s),
            rows=rows,
            fresh=fresh,
            failures=failures,
        )

    def num_in_last_minute(self, now_s: float) -> int:
        """Returns rows and failures of the last 60 seconds."""
        return sum(
            num for second, num in self._by_second.items() if 0 <= now_s - second < _MINUTE_S
        )

    def num_between(self, start_s: float, end_s: float) -> int:
        """Returns rows and failures of whole minutes of the last hour and a half."""
        first, last = int(start_s // _MINUTE_S), int(end_s // _MINUTE_S)
        return sum(num for minute, num in self._by_minute.items() if first <= minute < last)

    def _count_recent(self, second: int) -> None:
        by_minute, by_second = self._by_minute, self._by_second
        by_minute[second // _MINUTE_S] = by_minute.get(second // _MINUTE_S, 0) + 1
        by_second[second] = by_second.get(second, 0) + 1
        if len(by_minute) > 2 * _RECENT_MIN:
            latest = max(by_minute)
            self._by_minute = {m: n for m, n in by_minute.items() if latest - m <= _RECENT_MIN}
        if len(by_second) > 4 * _MINUTE_S:
            latest = max(by_second)
            self._by_second = {s: n for s, n in by_second.items() if latest - s <= _MINUTE_S}

    def _num_before(self, second: int) -> int:
        """Returns how many steps are missing in front, for a time before the first."""
        return max(0, -((second - (self._start_s or 0)) // self._width_s))

    def _double(self) -> None:
        """Makes steps twice as wide."""
        self._width_s *= 2
        if len(self._steps) % 2:
            self._steps.append([0, 0, 0])
        halves = zip(self._steps[::2], self._steps[1::2], strict=True)
        self._steps = [[a + b for a, b in zip(*pair, strict=True)] for pair in halves]
