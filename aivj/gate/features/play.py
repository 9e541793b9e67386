"""The page opened once more, and its features tried."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aivj.browser.session import BrowserSession
from aivj.contracts.json_text import validated
from aivj.contracts.log_stats import MIN_FRAME_SAMPLES
from aivj.errors import InputError, ItemError, WorkerLostError
from aivj.gate.features.answers import FeatureAnswers
from aivj.gate.features.judging import DRIVES, MIN_NEXT_CLICKS, MIN_OPTIONS, MIN_SELECTIONS

_SCRIPT = Path(__file__).with_name("features.js")
_READY_TIMEOUT_MS = 20_000
_CHANGE_TIMEOUT_MS = 10_000
_BEAT_TIMEOUT_MS = 20_000
_MEASURE_MS = 5000
_MEASURE_AT_MOST_MS = 20_000


@dataclass(frozen=True)
class FeatureRequest:
    """What is tried.

    Attributes:
        url: The page's address.
        beat_tempo: Whether the tempo has to be found.
        measure_ms: How long frame times are taken.
    """

    url: str
    beat_tempo: bool = False
    measure_ms: int = _MEASURE_MS


@dataclass(frozen=True)
class FeaturesPlayed:
    """What came of it.

    Attributes:
        url: The page's address.
        answers: What it answered; empty when it did not.
        problem: Why it did not answer; empty if it did.
        lost: Whether the page or its browser was lost: another try may do better.
    """

    url: str
    answers: FeatureAnswers = field(default_factory=FeatureAnswers)
    problem: str = ""
    lost: bool = False


async def play_features(
    session: BrowserSession, request: FeatureRequest, *, timeout_s: float
) -> FeaturesPlayed:
    """Tries the features on a fresh page. A page that hangs or crashes is part of the answer."""
    argument = {
        "readyTimeoutMs": _READY_TIMEOUT_MS,
        "changeTimeoutMs": _CHANGE_TIMEOUT_MS,
        "beatTimeoutMs": _BEAT_TIMEOUT_MS,
        "measureMs": request.measure_ms,
        "measureAtMostMs": max(request.measure_ms, _MEASURE_AT_MOST_MS),
        "minFrames": MIN_FRAME_SAMPLES,
        "minOptions": MIN_OPTIONS,
        "selections": MIN_SELECTIONS,
        "nextClicks": MIN_NEXT_CLICKS,
        "drives": list(DRIVES),
        "beatTempo": request.beat_tempo,
    }
    script = _SCRIPT.read_text(encoding="utf-8")
    try:
        reply = await session.call(request.url, script, argument, timeout_s)
    except ItemError as error:
        problem = f"{error.kind}: {error.found}"
        return FeaturesPlayed(request.url, problem=problem, lost=isinstance(error, WorkerLostError))
    return FeaturesPlayed(request.url, read_answers(reply.value))


def read_answers(value: object) -> FeatureAnswers:
    """Reads what the page answered; an answer of another form is an error of its feature."""
    answered = value if isinstance(value, dict) else {}
    good: dict[str, Any] = {}
    errors = dict(answered.get("errors") or {})
    for name, answer in answered.items():
        try:
            validated(FeatureAnswers, {name: answer}, "the page's answer")
        except InputError as error:
            errors[name] = str(error)
        else:
            good[name] = answer
    return FeatureAnswers.model_validate({**good, "errors": errors})
