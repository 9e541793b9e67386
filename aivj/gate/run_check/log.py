"""The form of `vite.log`, and what it proves: picks advance, what draws, what is heard, how far."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aivj.contracts.run_meta import AudioUse, RunMeta
from aivj.gate.rules import Finding, Problem, failed, judged, not_applicable, rule
from aivj.gate.run_check.measurements import MIN_AUDIO
from aivj.gate.run_check.run_files import LOG_NAME, LoadedRun
from aivj.gate.run_check.sources import MEND_LOG, RunRules, of_run_and_meta

MAX_EVENT_CHARS = 600
"""Longest text of a page's own message."""

_GENERAL = (
    r"Reusing existing dev server: .+",
    r"Starting Vite\b.*",
    r"resume: loaded eval\.jsonl totalLines=\d+ packs=.*",
    r"resume: pack=\S+ lines=\d+ uniquePairs=\d+",
    r"time budget exhausted;.*",
    r"ERROR pack=\S+ iter=\S+ err=.*",
    r"FATAL\b.*",
    r"(?i:.*swiftshader.*)",
)
_LEVELS = r"lastAudioRms=\S+ lastAudioPeak=\S+"
_OF_A_PACK = (
    r"coupledManifest=\S+ pairCount=\d+ url=\S+",
    r"bootstrap phase=\S+.*",
    r"preflight:(?:ok|fail|error)\b.*\d(?:\.\d+)?ms\b.*",
    r"goto:(?:start host=\S+|try\d+/4|ok|warn\d+|failed|host-fallback)(?:\s.*)?",
    r"preset-next:attached",
    r"preset-auto-toggle:off",
    r"verify-hooks:ok",
    r"(?:verify-ready|coupled-enabled|coupled-ready):(?:ok|timeout)",
    r"coupledInit ok=\S+.*",
    r"seed-shuffle ok=\S+ missingFirst=\d+/\d+",
    rf"audio:(?:file|click|click\(fallback\)|none) ok=\S+ muted=[01] {_LEVELS}.*",
    r"webgl=\{.*\}",
    r"projectm-ready(?: ok=1 frames=\d+ aborted=[01]|:timeout)",
    r"self-test:ok",
    r"self-test snapshot:\S+ \{.*\}",
    r"iter=\d+ WARN pick-timeout phase=(?:button|pick|presetIds) err=.* n=\d+/\d+ .*",
    r"iter=\d+ pair=\d+ (?:is set aside|has failed) timeouts=\d+/\d+",
    r"RECOVER pick-timeout recoveries=\d+/\d+",
    r"reload iter=\d+",
    r"RESTART browser count=\d+/\d+ reason=\S+ err=.*",
    r"iter=\d+ visited=\d+/\d+ elapsedMin=[\d.]+",
    r"done visited=\d+/\d+",
    r"done samples=\d+/\d+ unique=\d+/\d+",
    r"(?i:.*swiftshader.*)",
)
_GENERAL_LINE = re.compile("|".join(f"(?:{form})" for form in _GENERAL))
_PACK_LINE = re.compile("|".join(f"(?:{form})" for form in _OF_A_PACK))
_PREFIX = re.compile(r"\[eval\] (?:pack=(\S+) )?(.*)")
_EVENT = re.compile(r"\[(?:pageerror|console\.error|page)\] (.*)")


@dataclass(frozen=True)
class LogEntry:
    """A line of the sampler in the log.

    Attributes:
        number: Its line, from 1.
        pack: Its pack; None if it is of the whole run.
        text: The line without its prefix.
    """

    number: int
    pack: str | None
    text: str


def log_entries(log: Sequence[str]) -> list[LogEntry]:
    """Returns the sampler's lines: the others are the server's or the page's."""
    matches = ((number, _PREFIX.fullmatch(line)) for number, line in enumerate(log, start=1))
    return [LogEntry(number, match[1], match[2]) for number, match in matches if match]


@rule("logForm", "[eval] lines of vite.log have a known form", MEND_LOG)
def _log_form(run: LoadedRun) -> Finding:
    if run.log is None:
        return not_applicable(f"no {LOG_NAME}")
    entries = log_entries(run.log)
    odd = [
        Problem(f"{LOG_NAME} says {entry.text[:80]!r}", entry.number)
        for entry in entries
        if not (_GENERAL_LINE if entry.pack is None else _PACK_LINE).fullmatch(entry.text)
    ]
    long = [
        Problem(f"{LOG_NAME} has a message of {len(event[1])} characters", number)
        for number, line in enumerate(run.log, start=1)
        if (event := _EVENT.fullmatch(line)) and len(event[1]) > MAX_EVENT_CHARS
    ]
    return judged([*odd, *long], f"{len(entries)} lines of the sampler")


_SAMPLING = re.compile(r"(?:iter=\d+ |done |RECOVER |reload )")
_AUDIO = re.compile(
    r"audio:(file|click|click\(fallback\)|none) ok=(\S+) muted=([01]) "
    r"lastAudioRms=(\S+) lastAudioPeak=(\S+).*"
)
_WEBGL = re.compile(r"webgl=(\{.*\})")
_DONE = re.compile(r"done (?:visited=(\d+)/(\d+)|samples=\d+/\d+ unique=(\d+)/(\d+))")
_MODES = {"file": {"file", "click", "click(fallback)"}, "click": {"click"}, "none": {"none"}}


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
        elif _object(said[-1][1]) != known:
            yield f"webgl of {pack} is {said[-1][1]}, that of the run is {json.dumps(known)}"

    return _judge_last(run, _WEBGL, judge, "as in meta.json")


@rule("logAudio", "vite.log has the audio of the run, ok and heard, muted as asked for", MEND_LOG)
@of_run_and_meta
def _log_audio(run: LoadedRun, meta: RunMeta) -> Finding:

    def judge(pack: str, said: list[re.Match[str]]) -> Iterator[str]:
        if not said:
            yield f"no audio of {pack}"
        else:
            faults = _audio_faults(said[-1], meta.audio, is_muted=meta.browser.mute_audio)
            yield from (f"audio of {pack}: {fault}" for fault in faults)

    return _judge_last(run, _AUDIO, judge, f"{meta.audio.mode}, heard")


@rule("logEnd", "what vite.log says was visited is what meta.json says", MEND_LOG)
@of_run_and_meta
def _log_end(run: LoadedRun, meta: RunMeta) -> Finding:
    if run.log is None:
        return not_applicable(f"no {LOG_NAME}")
    said = [
        (entry, match) for entry in log_entries(run.log) if (match := _DONE.fullmatch(entry.text))
    ]
    last = {entry.pack: (entry, match) for entry, match in said}
    if not last:
        return not_applicable(f"no pack is done in {LOG_NAME}")
    problems = []
    for pack, (entry, match) in last.items():
        visited = int(match[1] or match[3])
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
    tests = [entry.number for entry in own if entry.text == "self-test:ok"]
    samples = [entry.number for entry in own if _SAMPLING.match(entry.text)]
    if not tests:
        yield Problem(f"{LOG_NAME} has no self-test:ok of {pack}")
    elif samples and samples[0] < tests[0]:
        yield Problem(f"{LOG_NAME} has rows of {pack} before its self-test:ok", samples[0])


def _audio_faults(match: re.Match[str], audio: AudioUse, *, is_muted: bool) -> Iterator[str]:
    mode, ok, muted, rms, peak = match.groups()
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
        return float(text) >= MIN_AUDIO
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
