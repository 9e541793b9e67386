"""`repair-lineage.jsonl`: which preset each one of a repaired pack was made of, and how."""

from pydantic import Field

from aivj.contracts.json_text import ContractModel
from aivj.contracts.preset_audit import AuditQuality

REPAIR_LINEAGE_NAME = "repair-lineage.jsonl"


class RepairRow(ContractModel):
    """One repaired preset."""

    rel_path: str = Field(min_length=1, description="Its path below the repaired pack")
    content: str = Field(description="Its content hash")
    source_rel_path: str = Field(min_length=1, description="Path below the library it is of")
    source_content: str = Field(description="Content hash of the preset it was made of")
    strategy: str = Field(description="What was done, such as NoWavesNoShapes")
    source_reasons: list[str] = Field(description="What was wrong with that one")
    quality: AuditQuality = Field(description="What this one looks like")
    repaired_at: str = Field(description="When, ISO-8601")
