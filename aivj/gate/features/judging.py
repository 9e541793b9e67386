"""When what a page answered of a feature is good enough for the rule of that name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel

from aivj.contracts.verification import PageCheck
from aivj.gate.features.answers import (
    Accent,
    AudioControls,
    BeatTempo,
    BudgetChange,
    DualRandom,
    Favourites,
    FeatureAnswers,
    Outputs,
    PerfCaps,
    PresetStress,
    Shedding,
    figures_of,
)
from aivj.gate.rules import Finding, failed, held, not_applicable, passed
from aivj.gate.seen import page_check

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
class Feature:
    """How a rule that is about a feature is judged.

    Attributes:
        name: The rule.
        step: What the feature is called in the page's answers.
        judge: Judges an answer that is there; told whether a software renderer drew.
        asked: Whether it is tried only when asked for.
    """

    name: str
    step: str
    judge: Callable[[Any, bool], Finding]
    asked: bool = False


def judge_features(
    answers: FeatureAnswers, *, is_software: bool, problem: str, required: frozenset[str]
) -> dict[str, PageCheck]:
    """Returns what stands in the report of every feature, by the name of its rule.

    Args:
        answers: What the page answered.
        is_software: Whether a software renderer drew: times from frame to frame are then no rule.
        problem: Why the page did not answer; empty if it did.
        required: Names of the rules that the page passes only with.
    """
    checks = {}
    for feature in FEATURES:
        finding = _finding(feature, answers, is_software=is_software, problem=problem)
        is_there = finding.verdict != "not-applicable"
        if feature.asked and not is_there and feature.name not in required:
            continue
        error = None if finding.verdict == "pass" else finding.found
        told = finding.beside({"error": error, **finding.figures})
        checks[feature.name] = page_check(feature.name, told, required=required)
    return checks


def _finding(
    feature: Feature, answers: FeatureAnswers, *, is_software: bool, problem: str
) -> Finding:
    if problem or not answers.ready:
        return not_applicable(problem or "the page did not answer")
    thrown = answers.errors.get(to_camel(feature.step))
    if thrown is not None:
        return failed(thrown)
    answer = getattr(answers, feature.step)
    if answer is None:
        return not_applicable("the page does not have it")
    return feature.judge(answer, is_software)


def _perf_caps(caps: PerfCaps, _: bool) -> Finding:
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
    return held(audio_ok and beat_ok and pm_ok, _told(caps)).beside(figures)


def _accent(accent: Accent, _: bool) -> Finding:
    figures = figures_of(accent)
    if "accent" not in accent.diagnostics_text.lower():
        return failed("the diagnostics do not name the accent").beside(figures)
    if not accent.trace_found:
        return failed("the overlay has no accent with a figure").beside(figures)
    return passed("diagnosed and traced").beside(figures)


def _audio_drive(found: Mapping[str, AudioControls | None], _: bool) -> Finding:
    wrong = [
        f"{name}: {_told_drive(found.get(name))}, not {_numbers(wanted)}"
        for name, wanted in DRIVES.items()
        if not _drives_so(found.get(name), wanted)
    ]
    figures = {"results": {name: figures_of(each) for name, each in found.items()}}
    return held(not wrong, "; ".join(wrong) or ", ".join(DRIVES)).beside(figures)


def _drives_so(found: AudioControls | None, wanted: tuple[float, ...]) -> bool:
    if found is None:
        return False
    pairs = zip(_drive_figures(found), wanted, _DRIVE_TOLERANCES, strict=True)
    return all(
        value is not None and abs(value - middle) <= tolerance for value, middle, tolerance in pairs
    )


def _shedding(shedding: Shedding, _: bool) -> Finding:
    problem = _shedding_problem(shedding)
    good = f"{_told(shedding.before)}, under pressure {_told(shedding.during)}"
    return held(not problem, problem or good).beside(figures_of(shedding))


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


def _budget(budget: BudgetChange, _: bool) -> Finding:
    changed = len(set(budget.aggressiveness)) > 1
    levels = (budget.before.current_level, budget.during.current_level)
    moved = levels[0] != levels[1] and budget.after.current_level == levels[0]
    told = (
        f"levels {levels[0]}, {levels[1]}, {budget.after.current_level}; "
        f"aggressiveness {_numbers(budget.aggressiveness)}"
    )
    figures = {**figures_of(budget), "prefetchAggressivenessChanged": changed}
    return held(moved and changed, told).beside(figures)


def _dual_random(random: DualRandom, _: bool) -> Finding:
    same = [
        layer
        for layer, changed in (("foreground", random.fg_changed), ("background", random.bg_changed))
        if not changed
    ]
    told = f"{random.attempts} attempts" + (f", the same {' and '.join(same)}" if same else "")
    return held(not same, told).beside(figures_of(random))


def _preset_stress(stress: PresetStress, is_software: bool) -> Finding:
    figures = figures_of(stress)
    if stress.option_count < MIN_OPTIONS:
        few = f"{stress.option_count} presets, {MIN_OPTIONS} are needed"
        return not_applicable(few).beside(figures)
    told = _told_stress(stress)
    if stress.selections_attempted < MIN_SELECTIONS or stress.next_clicks < MIN_NEXT_CLICKS:
        return failed(f"{told}: it stopped answering").beside(figures)
    if stress.max_raf_gap_ms < MAX_RAF_GAP_MS:
        return passed(told).beside(figures)
    if is_software:
        return not_applicable(f"{told}; a software renderer drew").beside(figures)
    return failed(f"{told}: {MAX_RAF_GAP_MS} ms are too long").beside(figures)


def _favourites(compared: Favourites, _: bool) -> Finding:
    ok = compared.compare_table and compared.th_count >= MIN_COMPARED_COLUMNS
    told = f"{compared.selected_count} compared in {compared.th_count} columns"
    return held(ok and compared.export_enabled, told).beside(figures_of(compared))


def _beat_tempo(tempo: BeatTempo, _: bool) -> Finding:
    if tempo.beats_per_minute is None:
        return failed("no tempo was found").beside(figures_of(tempo))
    return passed(f"{tempo.beats_per_minute:.0f} beats a minute").beside(figures_of(tempo))


def _outputs(outputs: Outputs, _: bool) -> Finding:
    told = f"{len(outputs.ids)} elements, {'some' if outputs.visible else 'none'} to be seen"
    return held(outputs.visible, told).beside(figures_of(outputs))


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
    Feature("perfCaps", "perf_caps", _perf_caps),
    Feature("aivjAccent", "accent", _accent),
    Feature("audioDrivePresets", "audio_drive", _audio_drive),
    Feature("presetLoadShedding", "shedding", _shedding),
    Feature("budgetDynamics", "budget", _budget),
    Feature("dualRandom", "dual_random", _dual_random),
    Feature("presetStress", "preset_stress", _preset_stress),
    Feature("favoritesCompare", "favourites", _favourites),
    Feature("beatTempo", "beat_tempo", _beat_tempo, asked=True),
    Feature("outputsPanel", "outputs", _outputs, asked=True),
)
"""All features, in the report's order."""
