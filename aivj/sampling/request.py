"""What a sampling run is asked for."""

from dataclasses import dataclass, field
from pathlib import Path

from aivj.sampling.render_settings import RenderSettings


@dataclass(frozen=True)
class SampleRequest:
    """What to sample.

    Attributes:
        pack: Name of the pack.
        packs_root: Folder that `/presets/<pack>/...` URLs resolve below.
        out_dir: The run directory.
        settings: How pairs are rendered.
        target_coverage: Share of the pack's pairs to visit, 0.01 to 1.
        luma_min: Luma at or below it is too dark.
        motion_min: Motion below it is too low.
        thumbnails: Whether to keep a picture of each pair.
        resume: Whether to complete a run that is there already.
    """

    pack: str
    packs_root: Path
    out_dir: Path
    settings: RenderSettings = field(default_factory=RenderSettings)
    target_coverage: float = 0.99
    luma_min: float = 0.06
    motion_min: float = 1.5e-5
    thumbnails: bool = True
    resume: bool = False
