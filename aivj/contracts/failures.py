"""`failures.jsonl`: what could not be measured, and why, one attempt series per line."""

from pathlib import Path

from pydantic import Field

from aivj.contracts.fields import Count, OuterText, PairId
from aivj.contracts.json_text import ContractModel
from aivj.contracts.jsonl_log import JsonlLog, JsonlRead, read_jsonl


class FailureRow(ContractModel):
    """One pair that could not be measured. Never a score of zero."""

    t_ms: Count = Field(description="Time of writing, Unix ms")
    pack: str = Field(description="Pack name")
    pair: PairId = Field(description="Pair id in the manifest")
    kind: str = Field(description="Entry of the failure taxonomy, for example script-error")
    num_attempts: Count = Field(
        validation_alias="attempts",
        serialization_alias="attempts",
        description="Attempts that were made",
    )
    message: OuterText = Field(description="What was expected, what was found, what to do")
    quarantined: bool = Field(description="Whether the pair is left out until it is repaired")


class FailureLog(JsonlLog[FailureRow]):
    """The append-only log of one run's failures."""


def read_failures(path: Path) -> JsonlRead[FailureRow]:
    """Reads the failures of a run; lines that are no row are counted.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    return read_jsonl(path, FailureRow)
