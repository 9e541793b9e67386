"""A run's folder: what its files are called, what ends a run, and the lines of its log.

Whoever writes a run, judges one, lists or shows one reads these here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

EVAL_NAME = "eval.jsonl"
"""One row per measured pair."""

FAILURES_NAME = "failures.jsonl"
"""One row per pair that could not be measured."""

META_NAME = "meta.json"
"""What the run was asked for, ran on, and how far it came."""

LOG_NAME = "vite.log"
"""What happened, line by line. It bears the name that the runtime's own sampler gave it."""

TABLE_NAME = "eval.parquet"
"""The rows as a table, made when the run ends."""

PICTURES_NAME = "thumbnails"
"""Folder of the pairs' last frames, see `picture_name`."""

RUN_SUMMARY_NAME = "run-summary.json"
"""The run's figures, from sampling to its verdict."""

STUCK_PAIRS_NAME = "stuck-pairs.json"
"""Pairs that a runtime's page did not show, or not in time."""

LOCK_NAME = ".lock"
"""Locked by the process that writes the run."""

PAGE_NAME = "report.html"
"""The run as a page."""


def picture_name(pack: str, pair: int) -> str:
    """Returns where the picture of a pair's last frame lies."""
    return f"{PICTURES_NAME}/{pack}/{pair}.webp"


def page_events_name(of: str) -> str:
    """Returns where the last events of pages are: of a pack, or those of a run's `fatal` end."""
    return f"playwright-events-{of}.log"


def failed_load_name(number: int) -> str:
    """Returns where the picture of a page is that did not load in a try, counted from 1."""
    return f"nav_fail_try{number}.png"


MIN_HOURS = 0.12
"""A smaller time budget is raised to it: a run must have the time to start."""

MIN_SOUND_RMS = 0.0005
"""Pre-emphasised RMS below which audio counts as silent."""

MAX_ERROR_CHARS = 4000
"""Longest message, and longest stack, of what ended a run."""

ErrorCode = Literal[
    "FATAL_WEBGL_SWIFTSHADER",
    "FATAL_MANIFEST_MISMATCH",
    "FATAL_VITE_NOT_READY",
    "FATAL_PAGE_GOTO_TIMEOUT",
    "FATAL_BROWSER_RESTART_LIMIT",
    "FATAL_NO_SAMPLES",
    "FATAL_PLAYWRIGHT_CRASH",
    "FATAL_AUDIO",
    "FATAL_NO_FREE_PORT",
    "UNKNOWN",
]
"""What a run may end with."""

ERROR_CODES: frozenset[str] = frozenset(get_args(ErrorCode))

_PHASE = re.compile(
    r"init|server|sampling|(?:bootstrap|preflight|goto|dom_ready|audio_probe|webgl_probe):(\S+)"
)


def is_known_phase(phase: str, packs: Iterable[str]) -> bool:
    """Tells whether a run of `packs` may be at `phase`."""
    match = _PHASE.fullmatch(phase)
    return match is not None and (match[1] is None or match[1] in packs)


MAX_LOG_CHARS = 600
"""Longest text of an error, or of a page's own message, in a line of the log."""

LOG_PREFIX = "[eval] "
"""What the sampler's own lines begin with; others are the server's or the page's."""

SELF_TEST_OK = "self-test:ok"
"""Says that the page of a pack draws, hears and switches; before the pack's first row."""

WEBGL_LINE = re.compile(r"webgl=(?P<told>\{.*\})")
"""What draws, as JSON."""

AUDIO_LINE = re.compile(
    r"audio:(?P<mode>file|click|click\(fallback\)|none) ok=(?P<ok>\S+) muted=(?P<muted>[01]) "
    r"lastAudioRms=(?P<rms>\S+) lastAudioPeak=(?P<peak>\S+).*"
)
"""What was heard."""

DONE_LINE = re.compile(
    r"done (?:visited=(?P<visited>\d+)/\d+|samples=\d+/\d+ unique=(?P<unique>\d+)/\d+)"
)
"""A pack's end: the different pairs that were visited, in a run of all pairs or of so many."""

SAMPLING_LINE = re.compile(r"(?:iter=\d+ |done |RECOVER |reload ).*")
"""Lines that are written while pairs are picked, and not before."""

_SWIFTSHADER_LINE = re.compile(r"(?i:.*swiftshader.*)")

_RUN_LINES = (
    re.compile(r"Reusing existing dev server: .+"),
    re.compile(r"Starting Vite\b.*"),
    re.compile(r"resume: loaded eval\.jsonl totalLines=\d+ packs=.*"),
    re.compile(r"resume: pack=\S+ lines=\d+ uniquePairs=\d+"),
    re.compile(r"time budget exhausted;.*"),
    re.compile(r"ERROR pack=\S+ iter=\S+ err=.*"),
    re.compile(r"FATAL\b.*"),
    _SWIFTSHADER_LINE,
)
_PACK_LINES = (
    re.compile(r"coupledManifest=\S+ pairCount=\d+ url=\S+"),
    re.compile(r"bootstrap phase=\S+.*"),
    re.compile(r"preflight:(?:ok|fail|error)\b.*\d(?:\.\d+)?ms\b.*"),
    re.compile(r"goto:(?:start host=\S+|try\d+/4|ok|warn\d+|failed|host-fallback)(?:\s.*)?"),
    re.compile(r"preset-next:attached"),
    re.compile(r"preset-auto-toggle:off"),
    re.compile(r"verify-hooks:ok"),
    re.compile(r"(?:verify-ready|coupled-enabled|coupled-ready):(?:ok|timeout)"),
    re.compile(r"coupledInit ok=\S+.*"),
    re.compile(r"seed-shuffle ok=\S+ missingFirst=\d+/\d+"),
    AUDIO_LINE,
    WEBGL_LINE,
    re.compile(r"projectm-ready(?: ok=1 frames=\d+ aborted=[01]|:timeout)"),
    re.compile(re.escape(SELF_TEST_OK)),
    re.compile(r"self-test snapshot:\S+ \{.*\}"),
    re.compile(r"iter=\d+ WARN pick-timeout phase=(?:button|pick|presetIds) err=.* n=\d+/\d+ .*"),
    re.compile(r"iter=\d+ pair=\d+ (?:is set aside|has failed) timeouts=\d+/\d+"),
    re.compile(r"RECOVER pick-timeout recoveries=\d+/\d+"),
    re.compile(r"reload iter=\d+"),
    re.compile(r"RESTART browser count=\d+/\d+ reason=\S+ err=.*"),
    re.compile(r"iter=\d+ visited=\d+/\d+ elapsedMin=[\d.]+"),
    DONE_LINE,
    _SWIFTSHADER_LINE,
)
_SAID = re.compile(re.escape(LOG_PREFIX) + r"(?:pack=(\S+) )?(.*)")
_PAGE_SAID = re.compile(r"\[(?:pageerror|console\.error|page)\] (.*)")


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

    @property
    def has_known_form(self) -> bool:
        """Whether it is one of the lines that programs and people look for."""
        forms = _RUN_LINES if self.pack is None else _PACK_LINES
        return any(form.fullmatch(self.text) for form in forms)


def log_entries(log: Sequence[str]) -> list[LogEntry]:
    """Returns the sampler's lines: the others are the server's or the page's."""
    matches = ((number, _SAID.fullmatch(line)) for number, line in enumerate(log, start=1))
    return [LogEntry(number, match[1], match[2]) for number, match in matches if match]


def page_message(line: str) -> str | None:
    """Returns what a page said in a line of the log; None if the line is not a page's."""
    match = _PAGE_SAID.fullmatch(line)
    return None if match is None else match[1]
