"""The figures that people ask for first, and the tables' lines."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aivj.contracts.failures import FailureRow
from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.report.data import CheckLine, ReportData
from aivj.report.pair_views import PairView
from aivj.report.text import NO_FIGURE, counted, duration, fixed

State = Literal["good", "bad", "plain"]

_WHO_DREW = {
    True: "software: a CPU drew",
    False: "hardware: a GPU drew",
    None: "nobody knows what drew",
}


@dataclass(frozen=True)
class Fact:
    """One figure with its name; the state is also said in words."""

    label: str
    value: str
    detail: str
    state: State = "plain"


@dataclass(frozen=True)
class FailureKind:
    """Failures of one kind.

    Attributes:
        kind: Entry of the failure taxonomy.
        num_pairs: How many pairs ended so.
        pairs: Their ids, as text.
        num_attempts: Attempts that were made on them.
        num_quarantined: How many are left out until they are repaired.
        example: The message of the first.
    """

    kind: str
    num_pairs: int
    pairs: str
    num_attempts: int
    num_quarantined: int
    example: str


def verdict_detail(checks: Sequence[CheckLine]) -> str:
    """Returns what the verdict rests on."""
    applicable = [check for check in checks if check.required and check.passed is not None]
    num_passed = sum(check.passed is True for check in applicable)
    if not applicable:
        return "no required check was applicable"
    return f"{num_passed} of {counted(len(applicable), 'required check')}"


def first_facts(data: ReportData, views: Sequence[PairView]) -> list[Fact]:
    """Returns what the head of the page says."""
    return [
        _measured(data, views),
        _spread(data),
        _passing(views),
        _renderer(data),
        _time(data),
    ]


def _measured(data: ReportData, views: Sequence[PairView]) -> Fact:
    num_measured = sum(view.row is not None for view in views)
    num_failed = sum(view.failure is not None for view in views)
    num_missing = max(data.num_target - num_measured - num_failed, 0)
    failed = f"{num_failed} failed with a recorded reason" if num_failed else "none failed"
    return Fact(
        "Pairs measured",
        f"{num_measured} / {data.num_target}",
        f"{failed}, {num_missing} missing" if num_missing else failed,
        "bad" if num_missing else "good",
    )


def _spread(data: ReportData) -> Fact:
    if data.quality is None:
        return Fact("Spread of scores (std)", NO_FIGURE, "the pairs are not scored")
    std = data.quality.quality_stats.std
    wide = std >= MIN_QUALITY_STD
    relation = "at least" if wide else "less than"
    return Fact(
        "Spread of scores (std)",
        fixed(std),
        f"{relation} the gate of {MIN_QUALITY_STD:g}",
        "good" if wide else "bad",
    )


def _passing(views: Sequence[PairView]) -> Fact:
    measured = [view for view in views if view.row is not None]
    num_flagged = sum(view.is_flagged for view in measured)
    detail = (
        f"{num_flagged} too dark, bright, still, flashing or faulty"
        if num_flagged
        else "none flagged"
    )
    return Fact(
        "Pictures without a flag",
        f"{len(measured) - num_flagged} / {len(measured)}",
        detail if measured else "nothing was measured",
    )


def _renderer(data: ReportData) -> Fact:
    return Fact(
        "Renderer",
        data.renderer_class,
        f"{_WHO_DREW[data.is_software]}; Chromium {data.chromium_version or 'of an unknown build'}",
    )


def _time(data: ReportData) -> Fact:
    if not data.stages:
        return Fact("Time", NO_FIGURE, "no stage was recorded")
    slowest = max(data.stages, key=lambda stage: stage.duration_s)
    costs = [row.render_ms_per_frame for row in data.rows if row.render_ms_per_frame is not None]
    per_frame = f"; {statistics.median(costs):.0f} ms a frame" if costs else ""
    return Fact(
        "Time",
        duration(sum(stage.duration_s for stage in data.stages)),
        f"most of it in {slowest.name}{per_frame}",
    )


def failure_kinds(
    failures: Sequence[FailureRow], labels: Mapping[int, str] | None = None
) -> list[FailureKind]:
    """Returns the kinds of failure, the most frequent first; `labels` are what pairs are called."""
    called = labels or {}
    by_kind: dict[str, list[FailureRow]] = defaultdict(list)
    for failure in failures:
        by_kind[failure.kind].append(failure)
    kinds = [
        FailureKind(
            kind=kind,
            num_pairs=len(rows),
            pairs=", ".join(called.get(n, str(n)) for n in sorted(row.pair for row in rows)),
            num_attempts=sum(row.num_attempts for row in rows),
            num_quarantined=sum(row.quarantined for row in rows),
            example=rows[0].message,
        )
        for kind, rows in by_kind.items()
    ]
    return sorted(kinds, key=lambda each: (-each.num_pairs, each.kind))
