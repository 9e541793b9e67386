"""What a verification is asked to look at, and how long it may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

from aivj.contracts.checks import Mode
from aivj.contracts.pick_weights import PICK_GAMMA
from aivj.gate.arms import Arm, ArmName, ArmRequest, Sampling, with_query
from aivj.gate.features import FeatureRequest

OnProgress = Callable[[str], None]
"""Told what happens now, in a few words."""

_SMALL_SIZE, _SMALL_VIEWPORT = (320, 180), (640, 360)


@dataclass(frozen=True)
class VerifyRequest:
    """What is verified.

    Attributes:
        pack: Pack of pairs that is played weighted and shuffled; None: none is.
        mode: What the evidence has to be good enough for.
        url: Page of somebody else's; None: the stage's own player.
        preset_library: Library of single presets; None: none is named to the page.
        run_manifest_url: Where the page finds what rendering the library showed; None: nowhere.
        features: Whether the page's features are tried.
        beat_tempo: Whether the tempo is one of them.
        strict_outputs: Whether the page passes only with the panel of outputs.
        measure_ms: How long frame times are taken.
        gamma: How much weighted picks prefer a better score.
        explore: Share of a pick's weight that does not depend on the score.
        sampling: How picks are sampled.
        seed: Seed of the picks and of the bootstrap.
        size: Width and height that layers are drawn with, in pixels.
        viewport: Width and height of the page, in CSS pixels.
        device_scale_factor: Device pixels in a CSS pixel.
        arm_timeout_s: Longest time for one opening of the page.
        hard_timeout_s: Longest time for all.
        attempts: Tries of the whole, if page or browser are lost.
        heartbeat_s: Time between signs of life.
        host: Host that the own player is served at.
        port: Port of the same; 0: one that is free.
    """

    pack: str | None
    mode: Mode = "dev"
    url: str | None = None
    preset_library: str | None = None
    run_manifest_url: str | None = None
    features: bool = True
    beat_tempo: bool = False
    strict_outputs: bool = False
    measure_ms: int = 5000
    gamma: float = PICK_GAMMA
    explore: float = 0.0
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    size: tuple[int, int] = (640, 360)
    viewport: tuple[int, int] = (1280, 720)
    device_scale_factor: float = 1.5
    arm_timeout_s: float = 180.0
    hard_timeout_s: float = 480.0
    attempts: int = 2
    heartbeat_s: float = 30.0
    host: str = "127.0.0.1"
    port: int = 0

    def on_software(self) -> "VerifyRequest":
        """Returns the same on a small page: what a CPU draws in real time is all it has time for.

        A page of somebody else's stays as large as its controls may need it to be.
        """
        if self.url is not None:
            return self
        return replace(self, size=_SMALL_SIZE, viewport=_SMALL_VIEWPORT)

    def page(self, origin: str) -> str:
        """Returns the page's address; what it names itself is left as it is."""
        page = origin if self.url is None else self.url
        named = {name for name, _ in parse_qsl(urlsplit(page).query)}
        wanted = {
            "presetLibrarySource": self.preset_library,
            "runManifestUrl": self.run_manifest_url,
        }
        added = {name: text for name, text in wanted.items() if text and name not in named}
        return with_query(page, added)

    def arms(self) -> list[ArmRequest]:
        """Returns the arms: both pick modes of a pack, or the page as it is."""
        names: tuple[ArmName, ...] = ("page",) if self.pack is None else ("weighted", "shuffle")
        return [
            ArmRequest(
                name=name,
                pack=self.pack or "",
                gamma=self.gamma,
                seed=self.seed,
                size=self.size,
                explore=self.explore,
                sampling=self.sampling,
            )
            for name in names
        ]

    def feature_request(self, page: str) -> FeatureRequest:
        """Returns what is tried: on the library's page if there is one, else on the pack's."""
        arm = self.arms()[0]
        plain = ArmRequest("page", "", self.gamma, self.seed, self.size)
        has_own_programme = self.url is not None or self.preset_library is not None
        url = (plain if has_own_programme else arm).url(page)
        return FeatureRequest(url, beat_tempo=self.beat_tempo, measure_ms=self.measure_ms)


class Deadline:
    """When everything must have ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started_s = time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether nothing may begin any more."""
        return self.elapsed_s >= self._seconds

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._started_s

    @property
    def message(self) -> str:
        """What is said of a step that came too late."""
        return f"hard timeout: {self._seconds:g} s are over"

    def within(self, timeout_s: float) -> float:
        """Returns how long a step may take that may take `timeout_s` by itself."""
        return max(0.0, min(timeout_s, self._seconds - self.elapsed_s))


def too_late(request: ArmRequest, page: str, deadline: Deadline) -> Arm:
    """Returns the arm that could not be played any more."""
    return Arm(request.name, request.url(page), problem=deadline.message)
