"""`aivj-style-index.v0.json` and `.v1.json`: which group a preset belongs to, and how it moves.

Both lie beside a library's manifest. A runtime asks for v1 first and falls back to v0.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from aivj.contracts.fields import Count, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes, read_object, shown, validated
from aivj.errors import InputError
from aivj.storage import write_atomic

StyleIndexVersion = Literal["v0", "v1"]
Energy = Literal["calm", "groove", "peak"]

VERSIONS: Sequence[StyleIndexVersion] = ("v1", "v0")
"""Newest first: the order in which a runtime asks for them."""


class StyleEntry(ContractModel):
    """One preset of the library."""

    preset_id: OuterText = Field(min_length=1, description="Its id in the library's manifest")
    author_key: OuterText = Field(
        min_length=1, description="What it is grouped by: its author in v0, its cluster in v1"
    )
    energy: Energy = Field(description="How much it moves")
    tags: list[OuterText] = Field(default_factory=list, description="What it is known for")


class StyleGroup(ContractModel):
    """One cluster of v1, for people; runtimes that do not know these keys pass them over."""

    id: str = Field(min_length=1, description="As `authorKey` has it")
    label: OuterText = Field(description="What it is called")
    count: Count = Field(description="Presets in it")


class StyleIndex(ContractModel):
    """Presets of a library by group and energy."""

    version: StyleIndexVersion = Field(description="As the file's name has it")
    generated_at: str = Field(default="", description="When it was written, ISO-8601")
    pack: Omittable[OuterText] = Field(default=None, description="Name of the library")
    entries: list[StyleEntry] = Field(description="Presets; an empty list is valid")
    clusters: Omittable[list[StyleGroup]] = Field(
        default=None, description="What the groups are called; v1 alone"
    )


def style_index_name(version: StyleIndexVersion) -> str:
    """Returns the name of the file beside the library's manifest."""
    return f"aivj-style-index.{version}.json"


def style_index_fault(document: object, version: StyleIndexVersion) -> str | None:
    """Returns what keeps a runtime from using a document; None if it is valid.

    Valid is one of the version that its file's name says, with a list of entries that is empty or
    has a valid one.
    """
    if not isinstance(document, dict):
        return f"{shown(document)} in the place of an object"
    if document.get("version") != version:
        return f"version {shown(document.get('version'))} in the place of {version!r}"
    entries = document.get("entries")
    if not isinstance(entries, list):
        return f"entries {shown(entries)} in the place of a list"
    if entries and not any(_entry(entry) for entry in entries):
        return f"not one valid entry among {len(entries)}"
    return None


def read_style_index(path: Path, version: StyleIndexVersion) -> StyleIndex:
    """Reads an index; entries that are not valid are left out.

    Raises:
        InputError: It is missing, or not valid as a whole.
    """
    document = read_object(path)
    fault = style_index_fault(document, version)
    if fault is not None:
        raise InputError(
            f"a style index {version} at {path}", fault, "write it anew with `aivj style-index`"
        )
    entries = [entry for each in document["entries"] if (entry := _entry(each)) is not None]
    return validated(StyleIndex, {**document, "entries": entries}, str(path))


def write_style_index(path: Path, index: StyleIndex) -> None:
    """Writes an index, whole or not at all.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, document_bytes(index))


def _entry(value: Any) -> StyleEntry | None:
    """Reads an entry as a runtime does: tags that are no texts are none."""
    if not isinstance(value, dict):
        return None
    tags = value.get("tags")
    texts = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    try:
        return StyleEntry.model_validate({**value, "tags": texts})
    except ValidationError:
        return None
