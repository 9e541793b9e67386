"""`summary.json` of the demo: what it did, with figures, durations and the path of everything."""

from pathlib import Path

from pydantic import Field

from aivj.contracts.fields import Count, Number, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.storage import write_atomic


class StageSummary(ContractModel):
    """One stage of the demo."""

    name: str
    duration_s: Number
    result: str


class PairCounts(ContractModel):
    """Pairs of the pack; measured and failed ones make up the target."""

    target: Count
    measured: Count
    failed: Count
    ok: Count = Field(description="Measured pairs that pass the heuristic")


class RendererSummary(ContractModel):
    """What drew."""

    renderer_class: str
    renderer: OuterText
    profile: str
    chromium_version: str
    is_software: bool


class DemoSummary(ContractModel):
    """A finished demo. Paths are as the command line was given them."""

    version: str = "v1"
    finished_at: str
    seed: Count
    pack: str
    presets: str = Field(description="Folder that presets were drawn from")
    renderer: RendererSummary
    pairs: PairCounts
    figures: dict[str, Number | None] = Field(description="By name, for example quality_std")
    verified: bool
    promoted_digest: str = Field(description="SHA-256 of the promoted scores")
    mlflow_run_id: str
    stages: list[StageSummary]
    artifacts: dict[str, str] = Field(description="Path or URI by name")


def write_demo_summary(path: Path, summary: DemoSummary) -> None:
    """Writes a summary, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(summary))
