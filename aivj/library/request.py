"""What an audit is asked for."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from aivj.library.quality import Limits
from aivj.packs.scan import MAX_ENTRIES

Probe = Literal["take", "compat", "none"]
SampleMode = Literal["reservoir", "first"]

_MAX_FILES = 10_000_000


class AuditRequest(BaseModel):
    """Which presets are looked at, how they are judged, and when to stop."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    root: Path = Field(description="The library, for files of options; else it is ROOT.")
    out_dir: Path = Field(
        description="Where the audit is kept. Default: <home>/artifacts/presets/audit."
    )
    probe: Probe = Field(
        "take",
        description="take: by the preset's take, drawn if there is none. compat: by the page's "
        "own hook, 8 + 24 frames at 60 a second. none: the text alone.",
    )
    manifest: Path | None = Field(
        None, description="Look at the presets of this library-manifest.json; no folder is walked."
    )
    limit: int = Field(
        0, ge=0, le=_MAX_FILES, description="Look at so many presets, at most; 0: at all."
    )
    scan_limit: int = Field(
        0, ge=0, le=_MAX_FILES, description="List so many files, at most; 0: all."
    )
    sample: SampleMode = Field(
        "reservoir", description="Which ones of more than --limit: evenly by seed, or the first."
    )
    seed: int = Field(1, ge=0, description="Which presets a reservoir takes.")
    max_files: int = Field(
        MAX_ENTRIES,
        ge=1,
        le=_MAX_FILES,
        description="Files and folders below ROOT that are looked at, at most.",
    )
    stop_after: int = Field(
        0,
        ge=0,
        le=_MAX_FILES,
        description="Stop when so many more presets were probed (read, with --probe none).",
    )
    stop_after_sec: float = Field(
        0.0, ge=0, le=10_000_000, description="Stop after so many seconds; 0: at the end."
    )
    limits: Limits = Limits()
