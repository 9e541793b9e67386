"""The older dashboard's answers on a night of styles: pictures, embeddings, clusters, policy.

Its keys are those of the dashboard that this one replaces; what stands in `state`, `queue` and
`status` nobody wrote down, so it is settled here.
"""

from typing import Literal

from pydantic import Field

from aivj.contracts.fields import Amount, Count, Number, OuterText
from aivj.contracts.json_text import ContractModel

NightPhase = Literal["idle", "starting", "render", "embed", "cluster", "policy", "qa", "done"]
"""How far a night of styles has come."""

NightState = Literal["idle", "running", "stopped", "done"]
"""`stopped`: something was begun, is not done, and nothing has come for a while."""

ThumbMode = Literal["both", "either"]
"""Whether pictures must be bright enough and move enough, or one of them."""


class DashboardProgress(ContractModel):
    """How far the pictures of a pack are."""

    pack: OuterText = Field(description="Empty if there is none")
    status: NightState
    target_count: Count = Field(
        default=0, description="Presets of its library-manifest.json; 0: unknown"
    )
    index_path: str = Field(default="", description="frames-index.jsonl, or empty")
    out_dir: str = Field(default="", description="Its folder, or empty")
    total: Count = Field(default=0, description="Lines of the index: an attempt each")
    ok: Count = 0
    failed: Count = 0
    percent: Number = Field(
        default=0.0, description="Of the target, 0 to 100; 0 if that is unknown"
    )
    last_preset_id: OuterText | None = None


class DashboardOutputs(ContractModel):
    """What a night of styles leaves; paths are empty if there is no pack."""

    style_index_path: str = ""
    style_index_ready: bool = False
    policy_path: str = ""
    policy_ready: bool = False
    qa_index_path: str = Field(default="", description="The sheet of pictures, to look through")
    qa_index_ready: bool = False


class DashboardLog(ContractModel):
    """The end of the night's log, and how far it says that the night is."""

    path: str = Field(description="Empty if there is none")
    tail: OuterText
    phase: NightPhase


class DashboardStatus(ContractModel):
    """`GET /api/status` of the older dashboard."""

    updated_at: str = Field(description="ISO-8601")
    state: NightState
    queue: list[OuterText] = Field(description="Packs of presets that have no pictures yet")
    progress: DashboardProgress
    outputs: DashboardOutputs
    log: DashboardLog


class DashboardThumb(ContractModel):
    """A picture of a preset."""

    preset_id: OuterText
    rel_path: OuterText
    path: OuterText = Field(description="What `/file?path=` is asked for")
    avg_luma: Amount | None = Field(description="Mean over the pictures, 0 to 1")
    motion: Amount | None = Field(description="Mean difference of pictures in a row, 0 to 1")
    at: str = Field(description="When it was taken, ISO-8601")


class DashboardThumbs(ContractModel):
    """`GET /api/thumbs` of the older dashboard."""

    pack: OuterText
    thumbs: list[DashboardThumb] = Field(description="The newest first")
