"""How a run is going, in figures that do not flatter."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from aivj.contracts.alert_limits import MIN_ROWS_TO_JUDGE, SAMENESS_SHARE
from aivj.contracts.eval_rows import EvalRow

_RECENT_S = 60.0


@dataclass(frozen=True)
class SampleProgress:
    """A look at a run.

    Attributes:
        num_done: Pairs with a row or a failure, those of earlier calls included.
        num_target: Pairs aimed at, in all packs.
        num_rows: Rows written by this call.
        failures: Failures of this call by kind.
        num_replaced: Browsers that were lost or worn.
        recent_per_min: Pairs a minute, over the last minute.
        overall_per_min: The same, since the first worker was ready or the first pair was computed.
        eta_s: Seconds to go at the recent rate; None before there is a rate.
        dark_share: Share of the rows that are too dark.
        still_share: Share of the rows with too little motion.
        deaf_share: Share of the rows that look the same in silence.
    """

    num_done: int
    num_target: int
    num_rows: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    num_replaced: int = 0
    recent_per_min: float = 0.0
    overall_per_min: float = 0.0
    eta_s: float | None = None
    dark_share: float = 0.0
    still_share: float = 0.0
    deaf_share: float = 0.0

    @property
    def hint(self) -> str | None:
        """What to know about the pack when nearly all of its pairs look alike; else None."""
        if self.num_rows < MIN_ROWS_TO_JUDGE:
            return None
        if max(self.dark_share, self.still_share) < SAMENESS_SHARE:
            return None
        what = "too dark" if self.dark_share >= self.still_share else "hardly move"
        return (
            f"nearly all pairs {'are ' if what == 'too dark' else ''}{what}: that is the pack, not "
            "the sampler; a night of it teaches little, so mix in other presets"
        )


class ProgressMeter:
    """Counts what a run does.

    Args:
        num_before: Pairs done by earlier calls.
        num_target: Pairs aimed at.
    """

    def __init__(self, num_before: int, num_target: int) -> None:
        self._num_before = num_before
        self._num_target = num_target
        self._num_rows = 0
        self._num_replaced = 0
        self._failures: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._num_deaf = 0
        self._started_s: float | None = None
        self._recent: deque[float] = deque()

    def opened(self, now_s: float) -> None:
        """A worker is ready, or none is needed; the first time starts the clock."""
        self._started_s = now_s if self._started_s is None else self._started_s

    def replaced(self) -> None:
        """A worker was replaced."""
        self._num_replaced += 1

    def measured(self, row: EvalRow, now_s: float) -> None:
        """A row was written."""
        self.opened(now_s)
        self._num_rows += 1
        self._reasons.update(row.reasons)
        self._num_deaf += row.audio_response == 0
        self._recent.append(now_s)

    def failed(self, kind: str, now_s: float) -> None:
        """A failure was written."""
        self._failures[kind] += 1
        self._recent.append(now_s)

    def look(self, now_s: float) -> SampleProgress:
        """Returns the figures of the moment."""
        while self._recent and self._recent[0] < now_s - _RECENT_S:
            self._recent.popleft()
        num_new = self._num_rows + self._failures.total()
        started_s = now_s if self._started_s is None else self._started_s
        # What is computed and not drawn may be done at once: no rate of less than a second.
        running_s = max(1.0, now_s - started_s)
        recent = len(self._recent) / min(_RECENT_S, running_s) * 60
        num_left = max(0, self._num_target - self._num_before - num_new)
        rows = max(1, self._num_rows)
        return SampleProgress(
            num_done=self._num_before + num_new,
            num_target=self._num_target,
            num_rows=self._num_rows,
            failures=dict(self._failures.most_common()),
            num_replaced=self._num_replaced,
            recent_per_min=recent if num_new else 0.0,
            overall_per_min=num_new / running_s * 60 if num_new else 0.0,
            eta_s=num_left / recent * 60 if recent > 0 else None,
            dark_share=self._reasons["too-dark"] / rows,
            still_share=self._reasons["low-motion"] / rows,
            deaf_share=self._num_deaf / rows,
        )
