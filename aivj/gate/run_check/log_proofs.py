"""What `vite.log` proves of a run: picks advance, what draws, what is heard, how far it came."""

import json
import re
from collections.abc import Callable, Iterable, Iterator

from aivj.contracts.run_meta import AudioUse, RunMeta
from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.log_lines import LogEntry, log_entries
from aivj.gate.run_check.measurements import MIN_AUDIO
from aivj.gate.run_check.run_files import LOG_NAME, LoadedRun

_SAMPLING = re.compile(r"(?:iter=\d+ |done |RECOVER |reload )")
_AUDIO = re.compile(
    r"audio:(file|click|click\(fallback\)|none) ok=(\S+) muted=([01]) "
    r"lastAudioRms=(\S+) lastAudioPeak=(\S+).*"
)
_WEBGL = re.compile(r"webgl=(\{.*\})")
_DONE = re.compile(r"done (?:visited=(\d+)/(\d+)|samples=\d+/\d+ unique=(\d+)/(\d+))")
_MODES = {"file": {"file", "click", "click(fallback)"}, "click": {"click"}, "none": {"none"}}


def judge_self_test(run: LoadedRun, meta: RunMeta) -> Finding:
    """Picks were seen to advance before the first row of each pack was written."""
    if run.log is None and meta.driver != "stage":
        return not_applicable(f"no {LOG_NAME}")
    if run.log is None:
        return judged([Problem(f"no {LOG_NAME}")], "")
    packs = _packs_with_rows(run)
    entries = log_entries(run.log)
    problems = (problem for pack in packs for problem in _untested(pack, entries))
    return judged(problems, f"self-test:ok for {', '.join(packs) or 'no pack'}")


def judge_log_renderer(run: LoadedRun, meta: RunMeta) -> Finding:
    """The log has the page's answer that the description has."""
    known = meta.runtime.webgl.model_dump(exclude_none=True) if meta.runtime else None
    if known is None:
        return not_applicable("meta.json has no runtime")

    def judge(pack: str, said: list[re.Match[str]]) -> Iterator[str]:
        if not said:
            yield f"no webgl of {pack}"
        elif _object(said[-1][1]) != known:
            yield f"webgl of {pack} is {said[-1][1]}, that of the run is {json.dumps(known)}"

    return _judge_last(run, _WEBGL, judge, "as in meta.json")


def judge_log_audio(run: LoadedRun, meta: RunMeta) -> Finding:
    """The log proves that the music asked for was heard, with the speakers as asked for."""

    def judge(pack: str, said: list[re.Match[str]]) -> Iterator[str]:
        if not said:
            yield f"no audio of {pack}"
        else:
            faults = _audio_faults(said[-1], meta.audio, is_muted=meta.browser.mute_audio)
            yield from (f"audio of {pack}: {fault}" for fault in faults)

    return _judge_last(run, _AUDIO, judge, f"{meta.audio.mode}, heard")


def judge_log_end(run: LoadedRun, meta: RunMeta) -> Finding:
    """The log's last word on a pack is that of the description."""
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
