"""`conditions.json`: what the takes of a folder of the store were drawn under."""

from typing import Literal

from pydantic import Field

from aivj.contracts.json_text import ContractModel, document_bytes, parse_json, validated
from aivj.errors import InputError
from aivj.takes.conditions import Conditions

CONDITIONS_NAME = "conditions.json"


class ConditionsFile(ContractModel):
    """The file."""

    format: Literal["aivj-takes.v1"] = Field(description="Form of the folder's files")
    conditions: Conditions


def conditions_bytes(conditions: Conditions) -> bytes:
    """Returns the file of some conditions."""
    return document_bytes(ConditionsFile(format="aivj-takes.v1", conditions=conditions))


def parse_conditions(data: bytes, source: str) -> Conditions:
    """Reads the file.

    Args:
        data: Its bytes.
        source: Where they come from, for messages.

    Raises:
        InputError: It is of another form, or of a version of this program that is not this one.
    """
    return validated(ConditionsFile, parse_json(data, source), source).conditions


def require_same_conditions(data: bytes, conditions: Conditions, folder: str) -> None:
    """Checks that a folder's file says what is expected of it.

    Raises:
        InputError: It is of another form, or of other conditions.
    """
    source = f"{folder}/{CONDITIONS_NAME}"
    found = parse_conditions(data, source)
    if found != conditions:
        raise InputError(
            f"the conditions {conditions.digest} in {source}",
            f"those of {found.digest}",
            "move the folder away: somebody has renamed or edited it",
        )
