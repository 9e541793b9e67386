"""What a page with every feature answers."""

from aivj.gate.features.judging import DRIVES
from aivj.gate.features.play import read_answers


def caps(audio=60, beat=30, fg=33, bg=55, mode="high"):
    return {
        "nowMs": 1.0,
        "presetLoadPressureMsLeft": 0,
        "frameTimeP95Ms": 16.0,
        "audioAnalysisFpsCap": audio,
        "beatTempoFpsCap": beat,
        "pmAudioCadenceMode": mode,
        "pmAudioFeedIntervalMs": {"fg": fg, "bg": bg},
    }


def stats(level, aggressiveness):
    return {
        "currentLevel": level,
        "currentBudget": {"prefetchAggressiveness": aggressiveness, "targetFrameMs": 16},
    }


SHED = caps(30, 10, 70, 120, "low")

GOOD = {
    "ready": True,
    "frameTimesMs": [16.0] * 30,
    "perfCaps": caps(),
    "accent": {
        "diagnosticsText": "Accents accent 0.40",
        "topologyText": "accent 0.40 adds 0.08",
        "traceFound": True,
    },
    "audioDrive": {
        name: {
            "enabled": True,
            "attackMs": attack,
            "releaseMs": release,
            "maxDeltaPerSec": delta,
            "mixToMacros": mix,
        }
        for name, (attack, release, delta, mix) in DRIVES.items()
    },
    "shedding": {
        "before": caps(),
        "during": SHED,
        "after": caps(),
        "pressed": True,
        "relieved": True,
        "analysesPerS": 29.9,
        "beatStepsPerS": 10.1,
    },
    "budget": {
        "before": stats("high", 0.8),
        "during": stats("minimal", 0.2),
        "after": stats("high", 0.8),
    },
    "dualRandom": {
        "attempts": 1,
        "initial": {"fg": "a", "bg": "b"},
        "final": {"fg": "c", "bg": "d"},
        "fgChanged": True,
        "bgChanged": True,
    },
    "presetStress": {
        "optionCount": 6,
        "selectionsAttempted": 4,
        "nextClicks": 6,
        "maxRafGapMs": 1499.0,
        "finalPresetStatus": "Preset: x",
    },
    "favourites": {
        "favoritesCount": 2,
        "selectedCount": 2,
        "compareTable": True,
        "exportEnabled": True,
        "thCount": 3,
    },
    "beatTempo": {"beatsPerMinute": 120.0},
    "outputs": {"ids": ["outputs-panel"], "visible": True},
}


def good(**changes):
    """The answers with whole features in the place of those of the same names."""
    return read_answers({**GOOD, **changes})


def with_part(feature, **changes):
    """The answers with parts of one feature changed."""
    return good(**{feature: {**GOOD[feature], **changes}})
