"""What must hold of a run whatever was killed in it."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from aivj.contracts.eval_rows import MEASUREMENT_FIELDS, EvalRow
from aivj.contracts.failures import FailureRow
from benchmarks.chaos_run import ChaosRun, Ended

_CHECK_TIMEOUT_S = 120


def problems_of(
    run: ChaosRun, ended: Ended, *, num_pairs: int, hostile: Mapping[str, int], peace: ChaosRun
) -> list[str]:
    """Returns what is wrong with a run that has ended; nothing if all is well.

    Args:
        run: The run under fire.
        ended: How it ended.
        num_pairs: How many pairs it has, numbered from 0.
        hostile: The pairs whose presets must end as quarantined failures, by what they do.
        peace: The undisturbed run of the same pairs.
    """
    rows, failures = run.rows(), run.failures()
    return [
        *ended.problems,
        *_not_once(rows, failures, num_pairs),
        *_not_quarantined(failures, hostile),
        *_not_explained(failures, hostile, ended),
        *_not_equal(rows, peace.rows()),
    ]


def check_run(run: ChaosRun) -> tuple[int, str]:
    """Runs `aivj check-run`; returns its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "aivj.cli", "check-run", str(run.out_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_CHECK_TIMEOUT_S,
        check=False,
    )
    return done.returncode, done.stdout


def _not_once(rows: Sequence[EvalRow], failures: Sequence[FailureRow], num_pairs: int) -> list[str]:
    counts = Counter([row.pair for row in rows] + [failure.pair for failure in failures])
    told = {pair: counts.pop(pair, 0) for pair in range(num_pairs)}
    wrong = {pair: count for pair, count in told.items() if count != 1}
    return [
        *(f"pair {pair} ended {count} times" for pair, count in wrong.items()),
        *(f"pair {pair} is not of this pack" for pair in counts),
    ]


def _not_quarantined(failures: Sequence[FailureRow], hostile: Mapping[str, int]) -> list[str]:
    quarantined = {failure.pair for failure in failures if failure.quarantined}
    return [
        f"the {name} pair {pair} is not quarantined"
        for name, pair in hostile.items()
        if pair not in quarantined
    ]


def _not_explained(
    failures: Sequence[FailureRow], hostile: Mapping[str, int], ended: Ended
) -> list[str]:
    """Any other pair may fail only if each of its attempts was killed."""
    others = [failure for failure in failures if failure.pair not in hostile.values()]
    num_attempts = sum(failure.num_attempts for failure in others)
    num_kills = sum(kill.why == "drawn" for kill in ended.kills)
    if num_attempts <= num_kills and all(failure.quarantined for failure in others):
        return []
    return [f"pair {failure.pair} failed: {failure.kind}, {failure.message}" for failure in others]


def _not_equal(rows: Sequence[EvalRow], peace: Sequence[EvalRow]) -> list[str]:
    expected = {row.pair: _measured(row) for row in peace}
    return [
        f"pair {row.pair} was measured otherwise than without kills"
        for row in rows
        if row.pair in expected and _measured(row) != expected[row.pair]
    ]


def _measured(row: EvalRow) -> list[object]:
    return [getattr(row, name) for name in MEASUREMENT_FIELDS]
