"""What the demo is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aivj.audio.groove import GROOVE_NAME
from aivj.audio.playlist import Playlist, read_playlist
from aivj.browser.profiles import GpuPolicy
from aivj.pipeline.render_options import RenderOptions
from aivj.takes.settings import RenderSettings

PACK = "demo"

Pairing = Literal["best", "random"]


@dataclass(frozen=True)
class DemoRequest:
    """What the demo is asked for.

    Attributes:
        home: Folder for everything it writes.
        presets: Folder of `.milk` files to draw from.
        packs_root: The runtime's public folder.
        conversion_cache: Converted presets.
        takes_uri: Presets that were drawn.
        feature_store: Features of presets.
        tracking_uri: MLflow.
        bucket_uri: Where scores are promoted to.
        num_pairs: Pairs of the pack.
        pairing: Whether half of them are the best of all pairs of the presets, or all are as they
            come; see docs/decisions/026-half-of-the-demos-pairs-are-chosen.md.
        seed: Decides the pack, the elite list and the fit.
        gpu: Which renderer is asked for.
        num_workers: Tells how many browsers run at a time on a software renderer, or on a GPU.
        fresh: Whether to measure again what an earlier demo has measured.
        command: The command as it could be typed again, for MLflow.
    """

    home: Path
    presets: Path
    packs_root: Path
    conversion_cache: Path
    takes_uri: str
    feature_store: Path
    tracking_uri: str
    bucket_uri: str
    num_workers: Callable[[bool], int]
    num_pairs: int = 32
    pairing: Pairing = "best"
    seed: int = 0
    gpu: GpuPolicy = "auto"
    fresh: bool = False
    command: str = "aivj demo"

    @property
    def folder(self) -> Path:
        """Report, summary, elite list, checkpoint and evidence lie here."""
        return self.home / "demo"

    @property
    def render_options(self) -> RenderOptions:
        """Where and with what browsers draw."""
        return RenderOptions(gpu=self.gpu, takes_uri=self.takes_uri)

    @property
    def playlist(self) -> Playlist:
        """What presets are drawn to."""
        return read_playlist(GROOVE_NAME, RenderSettings().duration_s)
