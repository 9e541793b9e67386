"""The lines of `vite.log` that programs and people look for, and whether they keep their form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aivj.gate.run_check.finding import Finding, Problem, judged, not_applicable
from aivj.gate.run_check.run_files import LOG_NAME, LoadedRun

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


def judge_log_form(run: LoadedRun) -> Finding:
    """The sampler's lines have one of their forms, and a page's messages are cut."""
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
