"""What a sampling run is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aivj.contracts.eval_rows import LOW_MOTION, TOO_DARK_LUMA
from aivj.contracts.run_folder import MIN_HOURS
from aivj.sampling.picking import Picking
from aivj.sampling.render_settings import RenderSettings


@dataclass(frozen=True)
class SampleRequest:
    """What to sample.

    Attributes:
        packs: Names of the packs, visited one after the other.
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        out_dir: The run directory.
        settings: How pairs are rendered.
        picking: In which order.
        target_coverage: Share of each pack's pairs to visit, 0.01 to 1.
        target_samples: Picks of each pack, instead of coverage.
        max_hours: Time budget of all packs together. Running out of it is a normal end.
        reload_every: Pairs that a browser renders in one document; 0 for no limit.
        luma_min: Luma at or below it is too dark.
        motion_min: Motion below it is too low.
        thumbnails: Whether to keep a picture of each pair.
        resume: Whether to complete a run that is there already.
        retry_failed: Whether to try again what failed in it and may yet succeed.
        skipped_pairs: By pack, pairs that are not to be visited.
    """

    packs: tuple[str, ...]
    packs_root: Path
    out_dir: Path
    settings: RenderSettings = field(default_factory=RenderSettings)
    picking: Picking = field(default_factory=Picking)
    target_coverage: float = 0.99
    target_samples: int | None = None
    max_hours: float = 10.0
    reload_every: int = 100
    luma_min: float = TOO_DARK_LUMA
    motion_min: float = LOW_MOTION
    thumbnails: bool = True
    resume: bool = False
    retry_failed: bool = False
    skipped_pairs: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def effective_max_hours(self) -> float:
        """The time budget, at least `MIN_HOURS`."""
        return max(self.max_hours, MIN_HOURS)
