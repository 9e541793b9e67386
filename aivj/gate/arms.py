"""One arm of a verification: the player in one pick mode, and what was seen of it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field

from aivj.browser.session import BrowserSession
from aivj.contracts.fields import Count, Number, NumberIfAny, OuterText
from aivj.contracts.json_text import ContractModel, validated
from aivj.errors import InputError, ItemError, WorkerLostError
from aivj.gate.stats import read_picks

ArmName = Literal["weighted", "shuffle", "page"]
"""A pick mode, or `page`: the page as it is, without a pack of pairs."""

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


class CanvasSize(ContractModel):
    """The canvas, in pixels of its own and of the page."""

    width: Count
    height: Count
    css_width: Count
    css_height: Count


class ArmAnswers(ContractModel):
    """What the page answered.

    Attributes:
        ready: Whether the player published its hooks.
        active: Whether its pack became active.
        manifest: The manifest, once active; None of a page that does not count its pairs.
        samples: Picks without drawing; None of a page that cannot.
        clicks_used: Picks that were shown to be sampled, where there are none without drawing.
        sampling_ms: How long sampling took.
        picks: Picks with drawing.
        canvas: The canvas; None if there is none.
        initialized: Whether the engine is up.
        last_render_time_ms: When it drew last, on the page's clock.
        frames_rendered: Frames drawn since the page was opened.
        status_text: The player's status line at the end.
        screenshot: Base64 of a PNG picture of the canvas.
    """

    ready: bool = False
    active: bool = False
    manifest: ActiveManifest | None = None
    samples: list[SampledPick] | None = None
    clicks_used: Count = 0
    sampling_ms: Number = 0.0
    picks: list[NextPick] = Field(default_factory=list)
    canvas: CanvasSize | None = None
    initialized: bool = False
    last_render_time_ms: NumberIfAny = None
    frames_rendered: Count = 0
    status_text: OuterText = ""
    screenshot: str | None = None

    @property
    def png(self) -> bytes | None:
        """The picture of the canvas."""
        return None if self.screenshot is None else base64.b64decode(self.screenshot)


@dataclass(frozen=True)
class Sampling:
    """How picks are sampled.

    Attributes:
        num_samples: Picks without drawing.
        num_shown: Picks that are shown instead, where a page cannot pick without drawing.
        clicks: How often they are asked for at most.
        click_delay_ms: Time between them.
    """

    num_samples: int = 400
    num_shown: int = 60
    clicks: int = 120
    click_delay_ms: int = 200


@dataclass(frozen=True)
class ArmRequest:
    """How an arm is played.

    Attributes:
        name: Pick mode, or `page`.
        pack: Pack name; empty without one.
        gamma: How much weighted picks prefer a better score.
        explore: Share of a pick's weight that does not depend on the score.
        seed: Seed of the picks.
        size: Width and height that layers are drawn with, in pixels.
        sampling: How picks are sampled.
    """

    name: ArmName
    pack: str
    gamma: float
    seed: int
    size: tuple[int, int]
    explore: float = 0.0
    sampling: Sampling = field(default_factory=Sampling)

    def url(self, page: str) -> str:
        """Returns the address of a page that plays this."""
        width, height = self.size
        drawn = {"seed": self.seed, "size": f"{width}x{height}"}
        if self.name == "page":
            return with_query(page, drawn)
        query = {
            "coupled": 1,
            "coupledPack": self.pack,
            "coupledPick": self.name,
            "coupledGamma": self.gamma,
            **({"coupledExplore": self.explore} if self.explore else {}),
            **drawn,
        }
        return with_query(page, query)


def with_query(url: str, query: Mapping[str, object]) -> str:
    """Returns an address with parameters in the place of those of the same names."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in query]
    path = parts.path or "/"
    return parts._replace(path=path, query=urlencode([*kept, *query.items()])).geturl()


@dataclass(frozen=True)
class Arm:
    """An arm that was played.

    Attributes:
        name: Pick mode.
        url: The page's address.
        answers: What the page answered; empty when it did not.
        page_errors: Uncaught exceptions and failed requests, missing files (404) excepted.
        problem: Why the page did not answer; empty if it did.
        lost: Whether the page or its browser was lost: another try may do better.
        console: Lines of its console, `[type] text`.
    """

    name: ArmName
    url: str
    answers: ArmAnswers = field(default_factory=ArmAnswers)
    page_errors: tuple[str, ...] = ()
    problem: str = ""
    lost: bool = False
    console: tuple[str, ...] = ()

    @property
    def samples(self) -> list[SampledPick]:
        """Picks to compare: those that were not drawn, else those that the console tells of."""
        if self.answers.samples is not None:
            return self.answers.samples
        told = read_picks(self.console).entries
        return [
            SampledPick(pair=pick.pair, quality01=pick.quality01)
            for pick in told
            if pick.mode == self.name
        ]


async def play_arm(
    session: BrowserSession, page: str, request: ArmRequest, *, timeout_s: float
) -> Arm:
    """Plays one arm on a fresh page. A page that hangs, crashes or throws is part of the answer."""
    url = request.url(page)
    sampling = request.sampling
    argument = {
        "pickMode": request.name,
        "iterations": sampling.num_samples,
        "shown": sampling.num_shown,
        "clicks": sampling.clicks,
        "clickDelayMs": sampling.click_delay_ms,
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
        answers = validated(ArmAnswers, reply.value, url)
    except ItemError as error:
        lost = isinstance(error, WorkerLostError)
        return Arm(request.name, url, problem=f"{error.kind}: {error.found}", lost=lost)
    except InputError as error:
        return Arm(request.name, url, problem=f"an answer of another form: {error}")
    return Arm(request.name, url, answers)
