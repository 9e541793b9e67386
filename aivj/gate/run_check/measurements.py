"""Whether rows are measurements at all: nothing silent, frozen, never taken or of another pair."""

import math
from collections.abc import Iterator
from itertools import pairwise

from aivj.contracts.eval_rows import EvalRow, has_measurement
from aivj.contracts.run_folder import MIN_SOUND_RMS
from aivj.contracts.run_meta import RunMeta
from aivj.gate.rules import (
    Finding,
    Problem,
    Rule,
    held,
    judged,
    not_applicable,
    rule,
)
from aivj.gate.run_check.pairs import MIN_CHANGING_ROWS
from aivj.gate.run_check.run_files import LoadedRun
from aivj.gate.run_check.sources import DROP_ROWS, Rows, RunRules, of_rows, of_rows_and_meta

_LEAST_HEARD = {"click": 0.01, "file": 0.5}
"""Share of rows in which the runtime's own sampler must have met sound, by the kind of music: it
writes the level of one moment, and a click is over in 12 ms, which most moments miss."""

_AUDIO_FIELDS = ("audio_rms", "audio_peak")


@rule(
    "audioHeard",
    f"audioRms and audioPeak of {MIN_SOUND_RMS} or more, unless without audio",
    "mend the audio (muting the speakers is fine), then sample these pairs again",
)
@of_rows_and_meta
def _audio_heard(rows: Rows, meta: RunMeta) -> Finding:
    if meta.audio.mode == "none":
        return not_applicable("the run was asked for no audio")
    if meta.driver is None:
        return _judge_share_heard(rows, _LEAST_HEARD.get(meta.audio.mode, 0.0))
    quietest = min((entry.row.audio_rms or 0 for entry in rows), default=0)
    return judged(_silent(rows), f"RMS of the quietest row {quietest:.4g}")


@rule(
    "audioVaries",
    "live audioPeak is not the same in all rows",
    "play music instead of a constant tone, and look whether the page hears it",
)
@of_rows_and_meta
def _audio_varies(rows: Rows, meta: RunMeta) -> Finding:
    if meta.driver == "stage":
        return not_applicable("on the stage every pair hears the same beginning")
    if meta.audio.mode == "none":
        return not_applicable("the run was asked for no audio")
    if meta.driver is None:
        rows = [entry for entry in rows if entry.row.audio_peak]
    return _judge_varies(rows, "audio_peak")


@rule(
    "zerosMeasured",
    "a luma and motion of 0 were measured, not null taken for 0",
    "write null with no-luma and no-motion-sample; train on no such row",
)
@of_rows
def _zeros_measured(rows: Rows) -> Finding:
    problems = (
        Problem("luma and motion are 0 and neither layer's luma is known", entry.number)
        for entry in rows
        if entry.row.viz_avg_luma == 0
        and entry.row.viz_avg_frame_delta == 0
        and not has_measurement(entry.row)
    )
    num_measured = sum(has_measurement(entry.row) for entry in rows)
    return judged(problems, f"{num_measured} of {len(rows)} rows measured luma and motion")


@rule("figuresOwn", "a moving picture's figures differ from those of the pair before", DROP_ROWS)
@of_rows
def _figures_own(rows: Rows) -> Finding:
    """A row does not repeat the figures of the pair before: the page had not switched then.

    Nor need the picture move: a page that stalls repeats its last one, which then stands still.
    """
    problems = (
        Problem(f"pair {later.row.pair} has the figures of pair {earlier.row.pair}", later.number)
        for earlier, later in pairwise(rows)
        if _pair(earlier.row) != _pair(later.row)
        and (_moves(later.row) or _is_stalled(earlier.row, later.row))
        and _figures(earlier.row) == _figures(later.row)
    )
    return judged(problems, "no row has the figures of the one before")


def _judge_share_heard(rows: Rows, least: float) -> Finding:
    num_heard = len(rows) - len({problem.line for problem in _silent(rows)})
    share = num_heard / max(1, len(rows))
    told = f"sound in {num_heard} of {len(rows)} rows, each a moment's level"
    # So few that none need have been met.
    num_least = math.floor(least * len(rows))
    few = f"{told}; {num_least} at least"
    return held(num_heard >= num_least, f"{told} ({share:.1%})", few)


def _is_stalled(earlier: EvalRow, later: EvalRow) -> bool:
    """Tells whether a page's rows show one still picture that is neither black nor white.

    On the stage each pair is drawn for itself; a still picture may be in a pack twice.
    """
    luma = later.viz_avg_luma
    if later.driver == "stage" or luma is None:
        return False
    heard = (later.audio_rms, later.audio_peak)
    same_moment = bool(later.audio_rms) and heard == (earlier.audio_rms, earlier.audio_peak)
    return 0 < luma < 1 or same_moment


def _silent(rows: Rows) -> Iterator[Problem]:
    for entry in rows:
        for name in _AUDIO_FIELDS:
            value = getattr(entry.row, name)
            if value is None or value < MIN_SOUND_RMS:
                yield Problem(f"{_key(name)} is {'null' if value is None else value}", entry.number)


def _judge_varies(rows: Rows, field: str) -> Finding:
    values = [value for entry in rows if (value := getattr(entry.row, field)) is not None]
    if len(values) < MIN_CHANGING_ROWS:
        return not_applicable(f"fewer than {MIN_CHANGING_ROWS} rows have a {_key(field)}")
    low, high = min(values), max(values)
    frozen = f"{_key(field)} is {low} in all {len(values)} rows"
    mean = math.fsum(values) / len(values)
    std = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return held(low != high, f"{_key(field)} from {low:.4g} to {high:.4g}, std {std:.4g}", frozen)


def _key(field: str) -> str:
    return EvalRow.model_fields[field].alias or field


def _pair(row: EvalRow) -> tuple[str, int | None]:
    return row.pack, row.pair


def _moves(row: EvalRow) -> bool:
    """Tells whether a row shows a picture in motion; two dark or still ones may well be alike."""
    return bool(row.viz_avg_luma) and bool(row.viz_avg_frame_delta)


def _figures(row: EvalRow) -> tuple[float | None, ...]:
    return row.viz_avg_luma, row.viz_avg_frame_delta, row.pm_avg_luma_fg, row.pm_avg_luma_bg


def _varies(name: str, field: str) -> Rule[LoadedRun]:
    expected = f"{_key(field)} is not the same in all rows"
    return Rule(name, expected, of_rows(lambda rows: _judge_varies(rows, field)), DROP_ROWS)


RULES: RunRules = (
    _audio_heard,
    _audio_varies,
    _varies("lumaVaries", "viz_avg_luma"),
    _varies("motionVaries", "viz_avg_frame_delta"),
    _zeros_measured,
    _figures_own,
)
