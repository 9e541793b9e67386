"""What `page.js` answers. Nothing in it is believed beyond its type."""

from typing import Any, Literal

from aivj.contracts.fields import Count, NumberIfAny, OuterText
from aivj.contracts.json_text import ContractModel

Outcome = Literal["picked", "refused", "reloaded", "button", "pick", "presetIds"]
"""How a pick ended: well, refused by the page, since the page is another document, or with the step
that timed out."""


class LastPick(ContractModel):
    """The page's own word on its last pick; `time_ms` is of its own clock."""

    time_ms: NumberIfAny = None
    pair: NumberIfAny = None
    warp_diff: NumberIfAny = None
    cx_diff: NumberIfAny = None
    quality01: NumberIfAny = None
    intensity01: NumberIfAny = None


class Heard(ContractModel):
    """The loudest moment while the page was listened to; None: it does not say."""

    audio_rms: NumberIfAny = None
    audio_peak: NumberIfAny = None


class Shown(ContractModel):
    """What the page shows at a moment."""

    status: OuterText = ""
    disabled: bool = False
    preset_fg_id: OuterText | None = None
    preset_bg_id: OuterText | None = None
    loaded_fg_id: OuterText | None = None
    loaded_bg_id: OuterText | None = None
    frames_rendered: NumberIfAny = None
    aborted: bool = False
    abort_reason: OuterText | None = None
    audio_rms: NumberIfAny = None
    audio_peak: NumberIfAny = None


class ListedPair(ContractModel):
    """A pair of the manifest that the page loads; nothing of it need fit."""

    pair: Any = None
    fg: Any = None
    bg: Any = None


class PickAnswer(ContractModel):
    """How a pick went.

    Attributes:
        outcome: How it ended.
        error: Why not well; else None.
        loading_pair: The pair that the status line said was loading.
        last_pick: The page's last pick.
        shown: What it shows.
        unsettled_ms: When, on its clock, it was seen last not to have settled.
    """

    outcome: Outcome
    error: OuterText | None = None
    loading_pair: Count | None = None
    last_pick: LastPick | None = None
    shown: Shown
    unsettled_ms: NumberIfAny = None

    @property
    def suspect(self) -> int | None:
        """The pair that did not come in time; None if the page names none."""
        return self.pair if self.outcome == "presetIds" else self.loading_pair

    @property
    def pair(self) -> int | None:
        """The pair picked; None if the page names none."""
        pair = self.last_pick.pair if self.last_pick is not None else None
        return None if pair is None or pair < 0 else int(pair)


class LayerReading(ContractModel):
    """A layer's mean luma and colours, 0 to 1; None: the page does not say."""

    avg_luma: NumberIfAny = None
    avg_color_r: NumberIfAny = None
    avg_color_g: NumberIfAny = None
    avg_color_b: NumberIfAny = None


class Sample(ContractModel):
    """Both layers at a moment of the page's clock."""

    at_ms: NumberIfAny = None
    fg: LayerReading
    bg: LayerReading


class MeasureAnswer(ContractModel):
    """How measuring went; `replaced` if another pair, or none, was shown meanwhile."""

    replaced: bool
    samples: list[Sample]
    shown: Shown
    last_pick: LastPick | None = None
