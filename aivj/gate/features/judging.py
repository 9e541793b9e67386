"""Which features there are, and when what a page answered is good enough."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic.alias_generators import to_camel

from aivj.gate.checks import CheckResult
from aivj.gate.features.answers import (
    AudioControls,
    FeatureAnswers,
    PerfCaps,
    PresetStress,
    Shedding,
    figures_of,
)

AUDIO_FPS = (30, 45, 60)
BEAT_FPS = (10, 20, 30)
CADENCES = ("high", "mid", "low")
FEED_FG_MS = (33, 50, 70)
FEED_BG_MS = (55, 80, 120)
SHED_AUDIO_FPS, SHED_BEAT_FPS, SHED_FG_MS, SHED_BG_MS = 30, 10, 70, 120

DRIVES: Mapping[str, tuple[float, float, float, float]] = {
    "balanced": (100, 620, 2.4, 0.86),
    "punch": (80, 460, 2.9, 0.96),
    "intense": (60, 360, 3.3, 1.0),
    "subtle": (160, 750, 1.6, 0.5),
}
"""Attack and release in ms, most change in a second, share of the music."""

_DRIVE_TOLERANCES = (2, 4, 0.08, 0.03)

MIN_OPTIONS = 6
MIN_SELECTIONS = 4
MIN_NEXT_CLICKS = 6
MAX_RAF_GAP_MS = 1500
MIN_COMPARED_COLUMNS = 3

# A second counted from outside has a frame more or less, and clocks differ a little.
_RATE_SLACK = 1.15


@dataclass(frozen=True)
class Judged:
    """How a feature was judged.

    Attributes:
        ok: None if the page does not have it.
        reason: Figures, what is wrong, or what is not there.
        figures: What stands beside it in the report.
    """

    ok: bool | None
    reason: str
    figures: Mapping[str, Any] = field(default_factory=dict)


Judge = Callable[[FeatureAnswers, bool], Judged]
"""Takes the answers, and whether a software renderer drew."""


@dataclass(frozen=True)
class Feature:
    """A row of the table.

    Attributes:
        name: Check of the report.
        step: What it is called in the page's answers.
        meaning: What it checks.
        judge: Judges an answer that is there.
        asked: Whether it is tried only when asked for.
    """

    name: str
    step: str
    meaning: str
    judge: Judge
    asked: bool = False


def judge_features(
    answers: FeatureAnswers, *, is_software: bool, problem: str, required: frozenset[str]
) -> dict[str, CheckResult]:
    """Judges every feature, by name, in the order of the table.

    Args:
        answers: What the page answered.
        is_software: Whether a software renderer drew: times from frame to frame are then no rule.
        problem: Why the page did not answer; empty if it did.
        required: Names of the checks that the gate passes only with.
    """
    results = {}
    for feature in FEATURES:
        judged = _judge(feature, answers, is_software=is_software, problem=problem)
        if feature.asked and judged.ok is None and feature.name not in required:
            continue
        results[feature.name] = CheckResult(
            ok=judged.ok,
            required=feature.name in required,
            meaning=feature.meaning,
            reason=judged.reason,
            error=None if judged.ok else judged.reason,
            **judged.figures,
        )
    return results


def _judge(feature: Feature, answers: FeatureAnswers, *, is_software: bool, problem: str) -> Judged:
    if problem or not answers.ready:
        return Judged(None, problem or "the page did not answer")
    thrown = answers.errors.get(to_camel(feature.step))
    if thrown is not None:
        return Judged(False, thrown)
    if getattr(answers, feature.step) is None:
        return Judged(None, "the page does not have it")
    return feature.judge(answers, is_software)


def _perf_caps(answers: FeatureAnswers, _: bool) -> Judged:
    caps = answers.perf_caps or PerfCaps()
    feed = caps.pm_audio_feed_interval_ms
    audio_ok = caps.audio_analysis_fps_cap in AUDIO_FPS
    beat_ok = caps.beat_tempo_fps_cap in BEAT_FPS
    feed_ok = feed.fg in FEED_FG_MS and feed.bg in FEED_BG_MS
    pm_ok = caps.pm_audio_cadence_mode in CADENCES and feed_ok
    figures = {
        "caps": figures_of(caps),
        "audioAnalysisOk": audio_ok,
        "beatTempoOk": beat_ok,
        "pmAudioOk": pm_ok,
    }
    return Judged(audio_ok and beat_ok and pm_ok, _told(caps), figures)


def _accent(answers: FeatureAnswers, _: bool) -> Judged:
    accent = answers.accent
    if accent is None:
        return Judged(None, "")
    figures = figures_of(accent)
    if "accent" not in accent.diagnostics_text.lower():
        return Judged(False, "the diagnostics do not name the accent", figures)
    if not accent.trace_found:
        return Judged(False, "the overlay has no accent with a figure", figures)
    return Judged(True, "diagnosed and traced", figures)


def _audio_drive(answers: FeatureAnswers, _: bool) -> Judged:
    found = answers.audio_drive or {}
    wrong = [
        f"{name}: {_told_drive(found.get(name))}, not {_numbers(wanted)}"
        for name, wanted in DRIVES.items()
        if not _drives_so(found.get(name), wanted)
    ]
    figures = {"results": {name: figures_of(each) for name, each in found.items()}}
    return Judged(not wrong, "; ".join(wrong) or ", ".join(DRIVES), figures)


def _drives_so(found: AudioControls | None, wanted: tuple[float, ...]) -> bool:
    if found is None:
        return False
    pairs = zip(_drive_figures(found), wanted, _DRIVE_TOLERANCES, strict=True)
    return all(
        value is not None and abs(value - middle) <= tolerance for value, middle, tolerance in pairs
    )


def _shedding(answers: FeatureAnswers, _: bool) -> Judged:
    shedding = answers.shedding
    if shedding is None:
        return Judged(None, "")
    problem = _shedding_problem(shedding)
    good = f"{_told(shedding.before)}, under pressure {_told(shedding.during)}"
    return Judged(not problem, problem or good, figures_of(shedding))


def _shedding_problem(shedding: Shedding) -> str:
    if not shedding.pressed:
        return "no pressure within 8 s"
    during = shedding.during
    feed = during.pm_audio_feed_interval_ms
    found = (during.audio_analysis_fps_cap, during.beat_tempo_fps_cap, feed.fg, feed.bg)
    if found != (SHED_AUDIO_FPS, SHED_BEAT_FPS, SHED_FG_MS, SHED_BG_MS):
        return f"under pressure {_told(during)}, not 30/10/70/120"
    counted = (
        ("analyses", shedding.analyses_per_s, SHED_AUDIO_FPS),
        ("steps of the beat", shedding.beat_steps_per_s, SHED_BEAT_FPS),
    )
    for what, per_s, most in counted:
        if per_s is not None and per_s > most * _RATE_SLACK:
            return f"{per_s:.1f} {what} a second under pressure, {most} at most"
    return "" if shedding.relieved else "the pressure did not end within 12 s"


def _budget(answers: FeatureAnswers, _: bool) -> Judged:
    budget = answers.budget
    if budget is None:
        return Judged(None, "")
    changed = len(set(budget.aggressiveness)) > 1
    levels = (budget.before.current_level, budget.during.current_level)
    moved = levels[0] != levels[1] and budget.after.current_level == levels[0]
    told = (
        f"levels {levels[0]}, {levels[1]}, {budget.after.current_level}; "
        f"aggressiveness {_numbers(budget.aggressiveness)}"
    )
    figures = {**figures_of(budget), "prefetchAggressivenessChanged": changed}
    return Judged(moved and changed, told, figures)


def _dual_random(answers: FeatureAnswers, _: bool) -> Judged:
    random = answers.dual_random
    if random is None:
        return Judged(None, "")
    ok = random.fg_changed and random.bg_changed
    same = [
        layer
        for layer, changed in (("foreground", random.fg_changed), ("background", random.bg_changed))
        if not changed
    ]
    told = f"{random.attempts} attempts" + ("" if ok else f", the same {' and '.join(same)}")
    return Judged(ok, told, figures_of(random))


def _preset_stress(answers: FeatureAnswers, is_software: bool) -> Judged:
    stress = answers.preset_stress
    if stress is None:
        return Judged(None, "")
    figures = figures_of(stress)
    if stress.option_count < MIN_OPTIONS:
        few = f"{stress.option_count} presets, {MIN_OPTIONS} are needed"
        return Judged(None, few, figures)
    told = _told_stress(stress)
    if stress.selections_attempted < MIN_SELECTIONS or stress.next_clicks < MIN_NEXT_CLICKS:
        return Judged(False, f"{told}: it stopped answering", figures)
    if stress.max_raf_gap_ms < MAX_RAF_GAP_MS:
        return Judged(True, told, figures)
    if is_software:
        return Judged(None, f"{told}; a software renderer drew", figures)
    return Judged(False, f"{told}: {MAX_RAF_GAP_MS} ms are too long", figures)


def _favourites(answers: FeatureAnswers, _: bool) -> Judged:
    compared = answers.favourites
    if compared is None:
        return Judged(None, "")
    ok = compared.compare_table and compared.th_count >= MIN_COMPARED_COLUMNS
    told = f"{compared.selected_count} compared in {compared.th_count} columns"
    return Judged(ok and compared.export_enabled, told, figures_of(compared))


def _beat_tempo(answers: FeatureAnswers, _: bool) -> Judged:
    tempo = answers.beat_tempo
    if tempo is None or tempo.beats_per_minute is None:
        return Judged(False, "no tempo was found", figures_of(tempo))
    return Judged(True, f"{tempo.beats_per_minute:.0f} beats a minute", figures_of(tempo))


def _outputs(answers: FeatureAnswers, _: bool) -> Judged:
    outputs = answers.outputs
    if outputs is None:
        return Judged(None, "")
    told = f"{len(outputs.ids)} elements, {'some' if outputs.visible else 'none'} to be seen"
    return Judged(outputs.visible, told, figures_of(outputs))


def _told(caps: PerfCaps) -> str:
    feed = caps.pm_audio_feed_interval_ms
    figures = (caps.audio_analysis_fps_cap, caps.beat_tempo_fps_cap, feed.fg, feed.bg)
    return f"{caps.pm_audio_cadence_mode} {_numbers(figures)}"


def _told_drive(found: AudioControls | None) -> str:
    return "not taken" if found is None else _numbers(_drive_figures(found))


def _drive_figures(found: AudioControls) -> tuple[float | None, ...]:
    return (found.attack_ms, found.release_ms, found.max_delta_per_sec, found.mix_to_macros)


def _told_stress(stress: PresetStress) -> str:
    return (
        f"{stress.selections_attempted} chosen, {stress.next_clicks} times next, longest gap "
        f"{stress.max_raf_gap_ms:.0f} ms"
    )


def _numbers(values: tuple[float | None, ...] | list[float]) -> str:
    return "/".join("none" if value is None else f"{value:g}" for value in values)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "perfCaps", "perf_caps", "What limits the page's own work is within bounds.", _perf_caps
    ),
    Feature("aivjAccent", "accent", "The accent is diagnosed and traced.", _accent),
    Feature(
        "audioDrivePresets", "audio_drive", "Each setting of the audio drive counts.", _audio_drive
    ),
    Feature(
        "presetLoadShedding", "shedding", "Work is shed while presets load, then not.", _shedding
    ),
    Feature("budgetDynamics", "budget", "The performance budget answers to load.", _budget),
    Feature("dualRandom", "dual_random", "Random changes both layers.", _dual_random),
    Feature("presetStress", "preset_stress", "Fast changes leave no long gap.", _preset_stress),
    Feature("favoritesCompare", "favourites", "Favourites are compared in a table.", _favourites),
    Feature("beatTempo", "beat_tempo", "The tempo is found.", _beat_tempo, asked=True),
    Feature("outputsPanel", "outputs", "The panel of outputs is there.", _outputs, asked=True),
)
"""All features. Which of them a gate requires stands in the table of `aivj.gate.verify_check`."""
