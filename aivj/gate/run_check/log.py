"""What `vite.log` proves: its form, that picks advance, what draws, what is heard, how far."""

import json
import re
from collections.abc import Callable, Iterable, Iterator

from aivj.contracts.run_folder import (
    AUDIO_LINE,
    DONE_LINE,
    LOG_NAME,
    MAX_LOG_CHARS,
    MIN_SOUND_RMS,
    SAMPLING_LINE,
    SELF_TEST_OK,
    WEBGL_LINE,
    LogEntry,
    log_entries,
    page_message,
)
from aivj.contracts.run_meta import AudioUse, RunMeta
from aivj.gate.rules import Finding, Problem, failed, judged, not_applicable, rule
from aivj.gate.run_check.run_files import LoadedRun
from aivj.gate.run_check.sources import MEND_LOG, RunRules, of_run_and_meta

_MODES = {"file": {"file", "click", "click(fallback)"}, "click": {"click"}, "none": {"none"}}


@rule("logForm", "[eval] lines of vite.log have a known form", MEND_LOG)
def _log_form(run: LoadedRun) -> Finding:
    if run.log is None:
        return not_applicable(f"no {LOG_NAME}")
    entries = log_entries(run.log)
    odd = [
        Problem(f"{LOG_NAME} says {entry.text[:80]!r}", entry.number)
        for entry in entries
        if not entry.has_known_form
    ]
    long = [
        Problem(f"{LOG_NAME} has a message of {len(message)} characters", number)
        for number, line in enumerate(run.log, start=1)
        if (message := page_message(line)) and len(message) > MAX_LOG_CHARS
    ]
    return judged([*odd, *long], f"{len(entries)} lines of the sampler")


@rule("logSelfTest", "vite.log has self-test:ok of each pack before its rows", MEND_LOG)
@of_run_and_meta
def _self_test(run: LoadedRun, meta: RunMeta) -> Finding:
    if run.log is None and meta.driver != "stage":
        return not_applicable(f"no {LOG_NAME}")
    if run.log is None:
        return failed(f"no {LOG_NAME}")
    packs = _packs_with_rows(run)
    entries = log_entries(run.log)
    problems = (problem for pack in packs for problem in _untested(pack, entries))
    return judged(problems, f"self-test:ok for {', '.join(packs) or 'no pack'}")


@rule("logRenderer", "vite.log has the webgl of meta.json", MEND_LOG)
@of_run_and_meta
def _log_renderer(run: LoadedRun, meta: RunMeta) -> Finding:
    known = meta.runtime.webgl.model_dump(exclude_none=True) if meta.runtime else None
    if known is None:
        return not_applicable("meta.json has no runtime")

    def judge(pack: str, said: list[re.Match[str]]) -> Iterator[str]:
        if not said:
            yield f"no webgl of {pack}"
        elif _object(said[-1]["told"]) != known:
            yield f"webgl of {pack} is {said[-1]['told']}, that of the run is {json.dumps(known)}"

    return _judge_last(run, WEBGL_LINE, judge, "as in meta.json")


@rule("logAudio", "vite.log has the audio of the run, ok and heard, muted as asked for", MEND_LOG)
@of_run_and_meta
def _log_audio(run: LoadedRun, meta: RunMeta) -> Finding:

    def judge(pack: str, said: list[re.Match[str]]) -> Iterator[str]:
        if not said:
            yield f"no audio of {pack}"
        else:
            faults = _audio_faults(said[-1], meta.audio, is_muted=meta.browser.mute_audio)
            yield from (f"audio of {pack}: {fault}" for fault in faults)

    return _judge_last(run, AUDIO_LINE, judge, f"{meta.audio.mode}, heard")


@rule("logEnd", "what vite.log says was visited is what meta.json says", MEND_LOG)
@of_run_and_meta
def _log_end(run: LoadedRun, meta: RunMeta) -> Finding:
    if run.log is None:
        return not_applicable(f"no {LOG_NAME}")
    said = [
        (entry, match)
        for entry in log_entries(run.log)
        if (match := DONE_LINE.fullmatch(entry.text))
    ]
    last = {entry.pack: (entry, match) for entry, match in said}
    if not last:
        return not_applicable(f"no pack is done in {LOG_NAME}")
    problems = []
    for pack, (entry, match) in last.items():
        visited = int(match["visited"] or match["unique"])
        noted = meta.progress.get(pack or "")
        if noted is None or noted.visited != visited:
            there = "nothing" if noted is None else noted.visited
            text = f"{LOG_NAME} says {visited} visited of {pack}, {there} is noted"
            problems.append(Problem(text, entry.number))
    return judged(problems, ", ".join(match[0] for _, match in last.values()))


def _judge_last(
    run: LoadedRun,
    form: re.Pattern[str],
    judge: Callable[[str, list[re.Match[str]]], Iterable[str]],
    good: str,
) -> Finding:
    """Judges what the log says last of each pack that has rows."""
    packs = _packs_with_rows(run)
    if run.log is None or not packs:
        return not_applicable(f"no {LOG_NAME}" if run.log is None else "no pack has rows")
    entries = log_entries(run.log)
    problems = []
    for pack in packs:
        said = [
            match
            for entry in entries
            if entry.pack == pack and (match := form.fullmatch(entry.text))
        ]
        problems += [Problem(text) for text in judge(pack, said)]
    return judged(problems, good)


def _packs_with_rows(run: LoadedRun) -> list[str]:
    return sorted({pack for pack, _ in run.eval_lines.pairs}) if run.eval_lines else []


def _untested(pack: str, entries: list[LogEntry]) -> Iterator[Problem]:
    own = [entry for entry in entries if entry.pack == pack]
    tests = [entry.number for entry in own if entry.text == SELF_TEST_OK]
    samples = [entry.number for entry in own if SAMPLING_LINE.match(entry.text)]
    if not tests:
        yield Problem(f"{LOG_NAME} has no self-test:ok of {pack}")
    elif samples and samples[0] < tests[0]:
        yield Problem(f"{LOG_NAME} has rows of {pack} before its self-test:ok", samples[0])


def _audio_faults(match: re.Match[str], audio: AudioUse, *, is_muted: bool) -> Iterator[str]:
    mode, ok, muted, rms, peak = match.group("mode", "ok", "muted", "rms", "peak")
    if mode not in _MODES[audio.mode]:
        yield f"{mode}, the run has {audio.mode}"
    if (muted == "1") != is_muted:
        yield f"muted={muted}, the run has muteAudio {is_muted}"
    if mode == "none":
        return
    if ok not in {"1", "true"}:
        yield f"ok={ok}"
    for name, text in (("lastAudioRms", rms), ("lastAudioPeak", peak)):
        if not _is_heard(text):
            yield f"{name}={text}"


def _is_heard(text: str) -> bool:
    try:
        return float(text) >= MIN_SOUND_RMS
    except ValueError:
        return False


def _object(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


RULES: RunRules = (
    _log_form,
    _self_test,
    _log_renderer,
    _log_audio,
    _log_end,
)
