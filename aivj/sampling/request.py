"""What a sampling run is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from aivj.contracts.eval_rows import LOW_MOTION, TOO_DARK_LUMA
from aivj.contracts.run_folder import MIN_HOURS
from aivj.sampling.picking import Picking
from aivj.takes.settings import RenderSettings


@dataclass(frozen=True)
class SampleRequest:
    """What to sample.

    Attributes:
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        settings: How presets are drawn.
        picking: In which order.
        thumbnails: Whether to keep a picture of each pair.
        skipped_pairs: By pack, pairs that are not to be visited.
    """

    packs: Annotated[
        tuple[str, ...],
        Field(description="Pack below public/presets; several by comma or repeated."),
    ]
    packs_root: Path
    out_dir: Annotated[Path, Field(description="Where to write.")]
    settings: RenderSettings = field(default_factory=RenderSettings)
    seed: Annotated[int, Field(ge=0, description="Of the picks: same seed, same pairs.")] = 0
    picking: Picking = field(default_factory=Picking)
    target_coverage: Annotated[
        float, Field(ge=0.01, le=1, description="Share of each pack to visit.")
    ] = 0.99
    target_samples: Annotated[
        int | None,
        Field(
            ge=0,
            le=2_000_000,
            description="Picks of each pack, instead of a share; 0 for the share.",
        ),
    ] = None
    max_hours: Annotated[
        float, Field(ge=0, description=f"Time for all packs together; at least {MIN_HOURS}.")
    ] = 10.0
    reload_every: Annotated[
        int, Field(ge=0, description="Presets before a browser loads its page anew; 0 for never.")
    ] = 200
    luma_min: Annotated[
        float, Field(ge=0, le=1, description="Luma at or below it is too dark.")
    ] = TOO_DARK_LUMA
    motion_min: Annotated[float, Field(ge=0, description="Motion below it is too low.")] = (
        LOW_MOTION
    )
    prove: Annotated[
        int, Field(ge=0, description="Pairs drawn whole, to hold the computed ones against.")
    ] = 4
    thumbnails: bool = True
    resume: Annotated[
        bool, Field(description="Complete the run in --out-dir, if there is one.")
    ] = False
    retry_failed: Annotated[
        bool, Field(description="With --resume: try again what may yet succeed.")
    ] = False
    skipped_pairs: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def effective_max_hours(self) -> float:
        """The time budget, at least `MIN_HOURS`."""
        return max(self.max_hours, MIN_HOURS)
