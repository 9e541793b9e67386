"""Whether the fields of a row agree with each other and with the run's description."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import get_args

from aivj.contracts.eval_rows import EvalRow, Reason, ok_heuristic
from aivj.contracts.run_meta import Heuristic, RunMeta
from aivj.gate.rules import Finding, Problem, judged, not_applicable, rule
from aivj.gate.run_check.description import instant
from aivj.gate.run_check.sources import (
    DROP_ROWS,
    MEND_WRITER,
    OTHER_RUN,
    Rows,
    RunRules,
    of_rows,
    of_rows_and_meta,
)

REASONS: tuple[str, ...] = get_args(Reason)

_CLOCK_SLACK = timedelta(seconds=1)


@rule("reasonWords", f"reasons of {', '.join(REASONS)}, in that order, each once", MEND_WRITER)
@of_rows
def _reason_words(rows: Rows) -> Finding:
    problems = (
        Problem(f"reasons are {entry.row.reasons}", entry.number)
        for entry in rows
        if entry.row.reasons != [word for word in REASONS if word in entry.row.reasons]
    )
    return judged(problems, f"reasons of {len(rows)} rows")


@rule("okHeuristic", "okHeuristic is true if and only if reasons is empty", MEND_WRITER)
@of_rows
def _ok(rows: Rows) -> Finding:
    problems = (
        Problem(f"okHeuristic is {entry.row.ok_heuristic}, {entry.row.reasons}", entry.number)
        for entry in rows
        if entry.row.ok_heuristic != (not entry.row.reasons)
    )
    num_ok = sum(entry.row.ok_heuristic for entry in rows)
    return judged(problems, f"{num_ok} of {len(rows)} rows are ok")


@rule(
    "reasonsFollow", "the reasons that the row's figures and the run's thresholds give", MEND_WRITER
)
@of_rows_and_meta
def _reasons_follow(rows: Rows, meta: RunMeta) -> Finding:
    problems = (
        Problem(text, entry.number)
        for entry in rows
        if (text := _other_reasons(entry.row, meta.heuristic))
    )
    limits = f"luma {meta.heuristic.luma_min:g}, motion {meta.heuristic.motion_min:g}"
    return judged(problems, f"they follow, with {limits}")


@rule("presetIds", "presetFgId and presetBgId are coupled:<pack>:<pair>:fg and :bg", DROP_ROWS)
@of_rows
def _preset_ids(rows: Rows) -> Finding:
    problems = (
        Problem(text, entry.number) for entry in rows if (text := _other_presets(entry.row))
    )
    return judged(problems, f"both layers of {len(rows)} rows")


@rule("timesInRun", "tMs between the run's start and its end", OTHER_RUN)
@of_rows_and_meta
def _times_in_run(rows: Rows, meta: RunMeta) -> Finding:
    started, finished = instant(meta.started_at), instant(meta.finished_at)
    if started is None:
        return not_applicable("nobody knows when the run was started")
    first = (started - _CLOCK_SLACK).timestamp() * 1000
    last = (finished + _CLOCK_SLACK).timestamp() * 1000 if finished else float("inf")
    problems = (
        Problem(f"tMs {entry.row.t_ms} is {_beside(entry.row.t_ms, first)} the run", entry.number)
        for entry in rows
        if not first <= entry.row.t_ms <= last
    )
    return judged(problems, f"{len(rows)} rows from {meta.started_at} to {meta.finished_at}")


@rule(
    "timesAscend",
    "tMs never falls from row to row",
    "set the clock right, and let one process write the log",
)
@of_rows
def _times_ascend(rows: Rows) -> Finding:
    problems = (
        Problem(f"tMs {later.row.t_ms} comes after {earlier.row.t_ms}", later.number)
        for earlier, later in pairwise(rows)
        if later.row.t_ms < earlier.row.t_ms
    )
    return judged(problems, "tMs never falls")


@rule("rowStamps", "driver and seed of each row are those of the run", OTHER_RUN)
@of_rows_and_meta
def _row_stamps(rows: Rows, meta: RunMeta) -> Finding:
    problems = list(_other_stamps(rows, meta))
    if not problems and meta.driver is None and meta.seed is None:
        return not_applicable("neither rows nor run name a driver or a seed")
    return judged(problems, f"driver {meta.driver}, seed {meta.seed}")


def _other_stamps(rows: Rows, meta: RunMeta) -> Iterator[Problem]:
    for entry in rows:
        for name, of_row, of_run in (
            ("driver", entry.row.driver, meta.driver),
            ("seed", entry.row.seed, meta.seed),
        ):
            if of_row != of_run:
                yield Problem(f"{name} is {of_row}, the run's is {of_run}", entry.number)


def _other_reasons(row: EvalRow, heuristic: Heuristic) -> str:
    _, expected = ok_heuristic(
        row.viz_avg_luma,
        row.viz_avg_frame_delta,
        row.page_errors_since_last,
        row.console_errors_since_last,
        luma_min=heuristic.luma_min,
        motion_min=heuristic.motion_min,
    )
    # Order and foreign words have a check of their own.
    if {*expected} == {*row.reasons} & {*REASONS}:
        return ""
    figures = f"luma {row.viz_avg_luma}, motion {row.viz_avg_frame_delta}"
    return f"reasons are {row.reasons}, {figures} and the errors give {expected}"


def _other_presets(row: EvalRow) -> str:
    for layer, found in (("fg", row.preset_fg_id), ("bg", row.preset_bg_id)):
        expected = f"coupled:{row.pack}:{row.pair}:{layer}"
        if found != expected:
            return f"{found!r}, not {expected!r}"
    return ""


def _beside(t_ms: int, first: float) -> str:
    return "before" if t_ms < first else "after"


RULES: RunRules = (
    _reason_words,
    _ok,
    _reasons_follow,
    _times_in_run,
    _times_ascend,
    _row_stamps,
    _preset_ids,
)
