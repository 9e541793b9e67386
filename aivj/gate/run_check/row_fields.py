"""The fields of a row one by one: their type, range, and whether they may be null."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from aivj.contracts.fields import MAX_SAFE_INTEGER, finite_number
from aivj.contracts.json_text import shown
from aivj.gate.run_check.finding import Finding, Problem, judged
from aivj.gate.run_check.json_lines import JsonLine, JsonLines


@dataclass(frozen=True)
class FieldRule:
    """What a field may hold."""

    meaning: str
    fits: Callable[[object], bool]


def judge_fields(log: JsonLines) -> Finding:
    """Each field holds what it may. One that is missing is a matter of the keys' order."""
    problems = (problem for line in log.lines for problem in _misfits(line))
    return judged(problems, f"{len(FIELD_RULES)} fields of {len(log.lines)} rows")


def _misfits(line: JsonLine) -> Iterator[Problem]:
    for key, value in (line.value or {}).items():
        rule = FIELD_RULES.get(key)
        if rule is not None and not rule.fits(value):
            yield Problem(f"{key} is {shown(value)}, not {rule.meaning}", line.number)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE_INTEGER


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _between(low: float, high: float) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        number = finite_number(value)
        return number is not None and low <= number <= high

    return fits


def _or_null(rule: FieldRule) -> FieldRule:
    return FieldRule(f"{rule.meaning} or null", lambda value: value is None or rule.fits(value))


_WHOLE = FieldRule("a whole number, 0 or more", _is_whole)
_TEXT = FieldRule("text", lambda value: isinstance(value, str) and bool(value))
_TEXTS = FieldRule("a list of texts", _is_texts)
_FLAG = FieldRule("true or false", lambda value: isinstance(value, bool))
_SHARE = FieldRule("a number from 0 to 1", _between(0, 1))
_POSITIVE = FieldRule("a number, 0 or more", _between(0, float("inf")))
_CORRELATION = FieldRule("a number from -1 to 1", _between(-1, 1))
_DRIVER = FieldRule("'stage' or 'live'", lambda value: value in ("stage", "live"))

FIELD_RULES: Mapping[str, FieldRule] = {
    "tMs": _WHOLE,
    "pack": _TEXT,
    "pair": _or_null(_WHOLE),
    "warpDiff": _or_null(_POSITIVE),
    "cxDiff": _or_null(_POSITIVE),
    "quality01": _or_null(_SHARE),
    "intensity01": _or_null(_SHARE),
    "presetFgId": _or_null(_TEXT),
    "presetBgId": _or_null(_TEXT),
    "vizAvgLuma": _or_null(_SHARE),
    "vizAvgFrameDelta": _or_null(_POSITIVE),
    "pmAvgLumaFg": _or_null(_SHARE),
    "pmAvgLumaBg": _or_null(_SHARE),
    "audioRms": _or_null(_SHARE),
    "audioPeak": _or_null(_SHARE),
    "pageErrorsSinceLast": _WHOLE,
    "consoleErrorsSinceLast": _WHOLE,
    "okHeuristic": _FLAG,
    "reasons": _TEXTS,
    "driver": _DRIVER,
    "rendererClass": _TEXT,
    "seed": _WHOLE,
    "compositeAvgLuma": _SHARE,
    "compositeAvgFrameDelta": _POSITIVE,
    "compositeColorR": _SHARE,
    "compositeColorG": _SHARE,
    "compositeColorB": _SHARE,
    "fgAvgFrameDelta": _POSITIVE,
    "bgAvgFrameDelta": _POSITIVE,
    "lumaRange": _SHARE,
    "blackShare": _SHARE,
    "blownShare": _SHARE,
    "blackFrames": _SHARE,
    "blownFrames": _SHARE,
    "audioResponse": _SHARE,
    "audioResponseFg": _SHARE,
    "audioResponseBg": _SHARE,
    "audioAlignment": _CORRELATION,
    "audioAlignmentControl": _CORRELATION,
    "flashesPerS": _POSITIVE,
    "redFlashesPerS": _POSITIVE,
    "flashUnsafe": _FLAG,
    "colourfulness": _POSITIVE,
    "spatialDetail": _POSITIVE,
    "fgContribution": _SHARE,
    "bgContribution": _SHARE,
    "presetFgDigest": _TEXT,
    "presetBgDigest": _TEXT,
    "lastLuma": _SHARE,
    "thumbnailDigest": _TEXT,
    "audioClip": _TEXT,
    "degraded": _TEXTS,
    "renderMsPerFrame": _POSITIVE,
}
"""Rules by key: of the contract's keys, then of ours, which are left out rather than null."""
