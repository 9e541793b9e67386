"""One arm of the gate: the player in one pick mode, and what was seen of it."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from pydantic import Field

from aivj.browser.session import BrowserSession
from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.json_text import ContractModel, validated
from aivj.errors import ItemError

ArmName = Literal["weighted", "shuffle"]

MIN_FRAMES = 3
MIN_NON_BACKGROUND_CELLS = 20
NEXT_PICKS = 2

_SCRIPT = Path(__file__).with_name("arm.js")
_READY_TIMEOUT_S = 20.0
_FRAME_TIMEOUT_S = 6.0
_WATCH_FRAMES = 60
_MAX_NEXT_PICKS = 4
_SCREENSHOT_AFTER_FRAMES = 30


class SampledPick(ContractModel):
    """A pick that was made but not drawn.

    Attributes:
        pair: The pair's id.
        quality01: Its score in the page; None without one.
    """

    pair: int | None
    quality01: Number | None


class NextPick(ContractModel):
    """A pick that was to be drawn. Pictures are compared on 64x64 cells.

    Attributes:
        loaded: Whether both presets were loaded and took the canvas.
        pair: The pair on the canvas afterwards.
        status_text: The player's status line.
        preset_ids_match: Whether the presets reported are those of the pair reported.
        frames_drawn: Frames drawn since.
        non_background_cells: Cells that are not the empty canvas.
        changed_cells: Cells that changed while the pair was watched.
        changed_since_before: Cells that differ from the picture before the pick.
    """

    loaded: bool
    pair: int | None
    status_text: OuterText
    preset_ids_match: bool
    frames_drawn: Count
    non_background_cells: Count
    changed_cells: Count
    changed_since_before: Count

    @property
    def drawn(self) -> bool:
        """Whether enough frames were drawn."""
        return self.loaded and self.frames_drawn >= MIN_FRAMES

    @property
    def visible(self) -> bool:
        """Whether something was to be seen."""
        return self.drawn and self.non_background_cells >= MIN_NON_BACKGROUND_CELLS

    @property
    def moving(self) -> bool:
        """Whether what was seen changed."""
        return self.visible and self.changed_cells > 0

    @property
    def good(self) -> bool:
        """Whether the pick did all that a pick should."""
        return self.moving and self.preset_ids_match and self.changed_since_before > 0

    @property
    def shortcoming(self) -> str:
        """The first thing it did not do; empty for a good pick."""
        steps = {
            f"not loaded ({self.status_text})": self.loaded,
            f"{self.frames_drawn} frames drawn ({self.status_text})": self.drawn,
            "a blank picture": self.visible,
            "a picture that stands still": self.moving,
            "preset ids of another pair": self.preset_ids_match,
            "the picture from before the pick": self.good,
        }
        return next((text for text, done in steps.items() if not done), "")


class ActiveManifest(ContractModel):
    """The player's manifest.

    Attributes:
        pairs: Its pairs.
        scored_pairs: Those with a score.
    """

    pairs: Count
    scored_pairs: Count


class ArmEvidence(ContractModel):
    """What the page answered.

    Attributes:
        ready: Whether the player published its hooks.
        active: Whether its pack became active.
        manifest: The manifest, once active.
        samples: Picks without drawing.
        picks: Picks with drawing.
        frames_rendered: Frames drawn since the page was opened.
        status_text: The player's status line at the end.
        screenshot: Base64 of a PNG picture of the canvas.
        console: Lines `[type] text` but for errors.
    """

    ready: bool = False
    active: bool = False
    manifest: ActiveManifest | None = None
    samples: list[SampledPick] = Field(default_factory=list)
    picks: list[NextPick] = Field(default_factory=list)
    frames_rendered: Count = 0
    status_text: OuterText = ""
    screenshot: str | None = None
    console: list[OuterText] = Field(default_factory=list)

    @property
    def png(self) -> bytes | None:
        """The picture of the canvas."""
        return None if self.screenshot is None else base64.b64decode(self.screenshot)


@dataclass(frozen=True)
class ArmRequest:
    """How an arm is played.

    Attributes:
        name: Pick mode.
        pack: Pack name.
        gamma: How much weighted picks prefer a better score.
        num_samples: Picks to sample without drawing.
        seed: Seed of the picks.
        size: Width and height that layers are drawn with, in pixels.
    """

    name: ArmName
    pack: str
    gamma: float
    num_samples: int
    seed: int
    size: tuple[int, int]

    def url(self, origin: str) -> str:
        """Returns the player's address."""
        width, height = self.size
        query = {
            "coupled": 1,
            "coupledPack": self.pack,
            "coupledPick": self.name,
            "coupledGamma": self.gamma,
            "seed": self.seed,
            "size": f"{width}x{height}",
        }
        return f"{origin}/?{urlencode(query)}"


@dataclass(frozen=True)
class Arm:
    """An arm that was played.

    Attributes:
        name: Pick mode.
        url: The player's address.
        evidence: What the page answered; empty when it did not.
        page_errors: Uncaught exceptions and failed requests, missing files (404) excepted.
        problem: Why the page did not answer; empty if it did.
    """

    name: ArmName
    url: str
    evidence: ArmEvidence = field(default_factory=ArmEvidence)
    page_errors: tuple[str, ...] = ()
    problem: str = ""


async def play_arm(
    session: BrowserSession, origin: str, request: ArmRequest, *, timeout_s: float
) -> Arm:
    """Plays one arm on a fresh page. A page that hangs, crashes or throws is part of the answer."""
    url = request.url(origin)
    argument = {
        "pickMode": request.name,
        "iterations": request.num_samples,
        "nextPicks": NEXT_PICKS,
        "maxNextPicks": _MAX_NEXT_PICKS,
        "minFrames": MIN_FRAMES,
        "minNonBackgroundCells": MIN_NON_BACKGROUND_CELLS,
        "watchFrames": _WATCH_FRAMES,
        "screenshotAfterFrames": _SCREENSHOT_AFTER_FRAMES,
        "readyTimeoutMs": _READY_TIMEOUT_S * 1000,
        "frameTimeoutMs": _FRAME_TIMEOUT_S * 1000,
    }
    script = _SCRIPT.read_text(encoding="utf-8")
    try:
        reply = await session.call(url, script, argument, timeout_s)
    except ItemError as error:
        return Arm(request.name, url, problem=f"{error.kind}: {error.found}")
    evidence = validated(ArmEvidence, reply.value, url)
    console_errors = [text for text in reply.console_errors if "status of 404" not in text]
    return Arm(request.name, url, evidence, (*reply.page_errors, *console_errors))
