"""What a page answered when its features were tried. None stands for what it does not have."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from aivj.contracts.fields import Count, Number, NumberIfAny, OuterText
from aivj.contracts.json_text import ContractModel


class FeedIntervals(ContractModel):
    """Milliseconds from one portion of sound to the next, by layer."""

    fg: NumberIfAny = None
    bg: NumberIfAny = None


class PerfCaps(ContractModel):
    """`getPerfCaps()`: what limits the page's own work.

    Attributes:
        preset_load_pressure_ms_left: How long load is shed yet; 0 or less: it is not.
        frame_time_p95_ms: 95th percentile of frame times.
        audio_analysis_fps_cap: Most analyses of the music in a second.
        beat_tempo_fps_cap: Most steps of the beat in a second.
        pm_audio_cadence_mode: Name of the cadence that presets are given sound with.
        pm_audio_feed_interval_ms: That cadence, by layer.
    """

    preset_load_pressure_ms_left: NumberIfAny = None
    frame_time_p95_ms: NumberIfAny = None
    audio_analysis_fps_cap: NumberIfAny = None
    beat_tempo_fps_cap: NumberIfAny = None
    pm_audio_cadence_mode: OuterText | None = None
    pm_audio_feed_interval_ms: FeedIntervals = Field(default_factory=FeedIntervals)


class AudioControls(ContractModel):
    """How closely the picture follows the music.

    Attributes:
        attack_ms: Time constant of rising.
        release_ms: Time constant of falling.
        max_delta_per_sec: Most change in a second.
        mix_to_macros: Share of the music in what it moves, 0 to 1.
    """

    attack_ms: NumberIfAny = None
    release_ms: NumberIfAny = None
    max_delta_per_sec: NumberIfAny = None
    mix_to_macros: NumberIfAny = None


class Accent(ContractModel):
    """The accent, as the page shows it.

    Attributes:
        diagnostics_text: Text of the panel of figures.
        topology_text: Text of the overlay that says why this is shown.
        trace_found: Whether the accent stands there with a figure.
    """

    diagnostics_text: OuterText
    topology_text: OuterText
    trace_found: bool


class Shedding(ContractModel):
    """The caps around a time of pressure.

    Attributes:
        before: Before it.
        during: In it.
        after: After it.
        pressed: Whether it began in time.
        relieved: Whether it ended in time.
        analyses_per_s: Analyses of the music in a second of it; None if the page does not count.
        beat_steps_per_s: Steps of the beat in a second of it; the same.
    """

    before: PerfCaps
    during: PerfCaps
    after: PerfCaps
    pressed: bool
    relieved: bool
    analyses_per_s: NumberIfAny = None
    beat_steps_per_s: NumberIfAny = None


class LevelBudget(ContractModel):
    """What a level allows; only what is looked at here.

    Attributes:
        prefetch_aggressiveness: How eagerly presets are made ready, 0 to 1.
    """

    prefetch_aggressiveness: NumberIfAny = None


class BudgetStats(ContractModel):
    """`getPerformanceBudgetStats()`.

    Attributes:
        current_level: Name of the level.
        current_budget: What it allows.
    """

    current_level: OuterText
    current_budget: LevelBudget


class BudgetChange(ContractModel):
    """The budget before, at and after another level."""

    before: BudgetStats
    during: BudgetStats
    after: BudgetStats

    @property
    def aggressiveness(self) -> list[float]:
        """What was seen of it, in order."""
        seen = (self.before, self.during, self.after)
        values = [stats.current_budget.prefetch_aggressiveness for stats in seen]
        return [value for value in values if value is not None]


class LayerIds(ContractModel):
    """Ids of the presets that are shown."""

    fg: OuterText | None = None
    bg: OuterText | None = None


class DualRandom(ContractModel):
    """Something at random, until both layers are others.

    Attributes:
        attempts: How often it was asked for.
        initial: What was shown before.
        final: What was shown after.
        fg_changed: Whether the foreground is another.
        bg_changed: Whether the background is another.
    """

    attempts: Count
    initial: LayerIds
    final: LayerIds
    fg_changed: bool
    bg_changed: bool


class PresetStress(ContractModel):
    """Presets changed one after the other.

    Attributes:
        option_count: Presets that can be chosen.
        selections_attempted: How many were.
        next_clicks: How often the next one was asked for.
        max_raf_gap_ms: Longest time from frame to frame meanwhile.
        final_preset_status: The status line at the end.
    """

    option_count: Count
    selections_attempted: Count
    next_clicks: Count
    max_raf_gap_ms: Number
    final_preset_status: OuterText


class Favourites(ContractModel):
    """Favourites beside each other.

    Attributes:
        favorites_count: Favourites that are listed.
        selected_count: Those that were compared.
        compare_table: Whether there is a table of them.
        export_enabled: Whether they can be taken away.
        th_count: Columns of the table.
    """

    favorites_count: Count
    selected_count: Count
    compare_table: bool
    export_enabled: bool
    th_count: Count


class BeatTempo(ContractModel):
    """The tempo that the page found; None if it found none."""

    beats_per_minute: NumberIfAny = None


class Outputs(ContractModel):
    """The panel of outputs.

    Attributes:
        ids: Elements of it.
        visible: Whether one of them is seen.
    """

    ids: list[OuterText]
    visible: bool


class FeatureAnswers(ContractModel):
    """Everything that was tried.

    Attributes:
        ready: Whether the page published its hooks.
        frame_times_ms: Times from frame to frame over a stretch in which nothing was asked.
        perf_caps: What limits its work.
        accent: The accent.
        audio_drive: By name of the setting; None for one that the page did not take.
        shedding: Shedding of load.
        budget: The performance budget.
        dual_random: Something at random.
        preset_stress: Fast changes.
        favourites: Favourites compared.
        beat_tempo: The tempo.
        outputs: The outputs.
        errors: What was thrown, by the name of what was tried.
    """

    ready: bool = False
    frame_times_ms: list[Number] = Field(default_factory=list)
    perf_caps: PerfCaps | None = None
    accent: Accent | None = None
    audio_drive: Mapping[str, AudioControls | None] | None = None
    shedding: Shedding | None = None
    budget: BudgetChange | None = None
    dual_random: DualRandom | None = None
    preset_stress: PresetStress | None = None
    favourites: Favourites | None = None
    beat_tempo: BeatTempo | None = None
    outputs: Outputs | None = None
    errors: Mapping[str, OuterText] = Field(default_factory=dict)


def figures_of(answer: ContractModel | None) -> dict[str, Any]:
    """Returns what stands in the report of an answer: its own keys."""
    return {} if answer is None else answer.model_dump(mode="json")
