"""What somebody should know of a run, from what is known of it."""

import re
from collections.abc import Iterator

from aivj.browser.renderer import SOFTWARE
from aivj.contracts.alert_limits import (
    FAILURE_SHARE,
    MIN_ATTEMPTS_TO_JUDGE,
    MIN_FREE_BYTES,
    MIN_ROWS_TO_JUDGE,
    RATE_DROP_SHARE,
    RATE_EARLIER_S,
    RATE_OVER_S,
    SAME_PAIR_ROWS,
    SAMENESS_SHARE,
    SILENT_ROWS,
    STALE_ERROR_S,
    STALE_S,
    WORKERS_LOST,
)
from aivj.contracts.monitor_status import Alert
from aivj.contracts.pairs_quality import MIN_QUALITY_STD
from aivj.contracts.run_folder import MIN_SOUND_RMS
from aivj.monitor.run_watch import RunLook

_SWIFTSHADER = re.compile("swiftshader", re.IGNORECASE)
_GIB = 1024**3


def contract_alerts(look: RunLook) -> list[Alert]:
    """Returns the alerts that other programs know."""
    return [*_swiftshader(look), *_stale(look)]


def own_alerts(look: RunLook) -> list[Alert]:
    """Returns ours, the worst first."""
    found = [
        *_ended_badly(look),
        *_driver_gone(look),
        *_software(look),
        *_silence(look),
        *_same_pair(look),
        *_pictures(look),
        *_disk(look),
        *_failures(look),
        *_workers(look),
        *_collapse(look),
        *_data(look),
        *_rate(look),
        *_bad_lines(look),
    ]
    return sorted(found, key=lambda alert: alert.level != "error")


def _swiftshader(look: RunLook) -> Iterator[Alert]:
    if _SWIFTSHADER.search(look.renderer):
        yield _warn("webgl_swiftshader", f"drawn on the CPU by {look.renderer}")


def _stale(look: RunLook) -> Iterator[Alert]:
    age_s = look.age_s
    if look.is_finished or age_s is None or age_s <= STALE_S:
        return
    level = "error" if age_s > STALE_ERROR_S else "warn"
    yield Alert(level=level, kind="eval_stale", message=f"no update for {age_s}s")


def _ended_badly(look: RunLook) -> Iterator[Alert]:
    error = look.told.get("error")
    if isinstance(error, dict):
        message = str(error.get("message"))
        if message != "interrupted":
            yield _error("run_failed", f"{error.get('code')}: {message}")


def _driver_gone(look: RunLook) -> Iterator[Alert]:
    is_ours = look.told.get("driver") is not None
    if is_ours and look.standing == "broken off":
        yield _error(
            "driver_gone",
            "whoever wrote this run died without a word; the same command with --resume goes on",
        )


def _software(look: RunLook) -> Iterator[Alert]:
    runtime, renderer = look.told.get("runtime"), look.told.get("renderer")
    kind = renderer.get("rendererClass") if isinstance(renderer, dict) else None
    wanted = isinstance(runtime, dict) and runtime.get("requireGpu") is True
    if wanted and kind in SOFTWARE:
        yield _error(
            "software_renderer",
            f"a GPU was asked for and {look.renderer or kind} draws; stop it, see `aivj doctor`",
        )


def _silence(look: RunLook) -> Iterator[Alert]:
    digest, audio = look.digest, look.told.get("audio")
    is_wanted = not isinstance(audio, dict) or audio.get("mode") != "none"
    last = [rms for _, rms in digest.recent][-SILENT_ROWS:]
    if is_wanted and len(last) == SILENT_ROWS and all((rms or 0) < MIN_SOUND_RMS for rms in last):
        yield _error(
            "audio_silent",
            f"the last {SILENT_ROWS} rows heard nothing; look at --audio, then begin anew",
        )
    told = digest.num_told_response
    if told >= MIN_ROWS_TO_JUDGE and digest.num_deaf / told >= SAMENESS_SHARE:
        yield _error(
            "audio_deaf",
            f"{digest.num_deaf / told:.0%} of the rows look the same in silence: no sound arrives, "
            "or the pack's presets do not listen",
        )


def _same_pair(look: RunLook) -> Iterator[Alert]:
    last = [key for key, _ in look.digest.recent][-SAME_PAIR_ROWS:]
    if len(last) == SAME_PAIR_ROWS and len(set(map(str, last))) == 1:
        yield _error(
            "pair_not_changing",
            f"the last {SAME_PAIR_ROWS} rows are all of pair {last[0][1]}: the page does not "
            "switch; stop it",
        )


def _pictures(look: RunLook) -> Iterator[Alert]:
    if look.contradictions:
        yield _error(
            "pictures_contradict",
            f"{'; '.join(look.contradictions)}; `aivj check-run {look.place.folder}` tells all",
        )


def _disk(look: RunLook) -> Iterator[Alert]:
    if look.disk is not None and look.disk.free_bytes < MIN_FREE_BYTES and not look.is_finished:
        yield _error(
            "disk_full",
            f"{look.disk.free_bytes / _GIB:.1f} GiB free, {MIN_FREE_BYTES / _GIB:g} are wanted; "
            "`aivj cleanup` shows what can go",
        )


def _failures(look: RunLook) -> Iterator[Alert]:
    recent = look.digest.recent_failed
    share = sum(recent) / len(recent) if recent else 0.0
    total = look.digest.num_failures + look.digest.num_rows
    whole = look.digest.num_failures / total if total else 0.0
    if total >= MIN_ATTEMPTS_TO_JUDGE and max(share, whole) > FAILURE_SHARE:
        kinds = ", ".join(f"{kind} {num}" for kind, num in look.digest.failures.most_common(3))
        yield _warn("failure_rate", f"{whole:.0%} of all pairs fail: {kinds}; see docs/faults.md")


def _workers(look: RunLook) -> Iterator[Alert]:
    most = look.told.get("stuck")
    most = most.get("browserMaxRestarts") if isinstance(most, dict) else None
    is_at_end = isinstance(most, int) and most > 0 and look.num_replaced >= most
    if look.num_replaced_lately > WORKERS_LOST or is_at_end:
        yield _warn(
            "worker_lost",
            f"{look.num_replaced} browsers were replaced, {look.num_replaced_lately} of late; "
            "too little memory, or a GPU that resets, is usual",
        )


def _collapse(look: RunLook) -> Iterator[Alert]:
    for scores in look.outputs.scores():
        if scores.is_fresh and scores.std is not None and scores.std < MIN_QUALITY_STD:
            yield _error(
                "std_collapse",
                f"scores of {scores.pack} deviate by {scores.std:.4f}, {MIN_QUALITY_STD:g} is the "
                "least: more negatives, more weight for what was measured, more coverage",
            )


def _data(look: RunLook) -> Iterator[Alert]:
    digest = look.digest
    if digest.num_rows < MIN_ROWS_TO_JUDGE:
        return
    for reason, kind, what in (
        ("too-dark", "data_too_dark", "are too dark"),
        ("low-motion", "data_low_motion", "hardly move"),
    ):
        share = digest.reasons[reason] / digest.num_rows
        if share >= SAMENESS_SHARE:
            yield _warn(
                kind,
                f"{share:.0%} of the rows {what}: that is the data, not the sampler; mix in other "
                "presets, or choose pairs by `aivj pairs`",
            )


def _rate(look: RunLook) -> Iterator[Alert]:
    if look.is_finished:
        return
    steps, now_s = look.digest.steps, look.now_s
    lately = steps.num_between(now_s - RATE_OVER_S, now_s)
    earlier_s = now_s - RATE_EARLIER_S
    earlier = steps.num_between(earlier_s - RATE_OVER_S, earlier_s)
    if earlier >= MIN_ATTEMPTS_TO_JUDGE and lately < RATE_DROP_SHARE * earlier:
        yield _warn(
            "rate_dropping",
            f"{lately} pairs in a quarter of an hour, {earlier} an hour ago: a hot GPU, or others "
            "on the same CPUs",
        )


def _bad_lines(look: RunLook) -> Iterator[Alert]:
    num = look.digest.num_bad_lines
    if num:
        told = "1 line is no row and is" if num == 1 else f"{num} lines are no rows and are"
        yield _warn("bad_lines", f"{told} left out")


def _warn(kind: str, message: str) -> Alert:
    return Alert(level="warn", kind=kind, message=message)


def _error(kind: str, message: str) -> Alert:
    return Alert(level="error", kind=kind, message=message)
