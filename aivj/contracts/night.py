"""`night.json`: the stages of a night, and how far each has come."""

from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from aivj.contracts.fields import Amount, Omittable, OuterText
from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.storage import ObjectFolder

NIGHT_NAME = "night.json"

NightKind = Literal["coupled", "styles"]
"""Pairs and their scores, or presets and their styles."""

StageState = Literal["waiting", "running", "done", "done before", "failed", "stopped", "skipped"]
"""`stopped`: something that it needs has failed; `skipped`: nobody asked for it."""

BUCKET = "bucket"
"""What the bucket is called among the places of a night that promotes."""

_ENDED: frozenset[StageState] = frozenset({"done", "done before", "skipped"})


class StageProblem(ContractModel):
    """Why a stage failed.

    Attributes:
        exit_code: What its verb would have ended with.
        expected: What should have been there.
        found: What was there instead.
        remedy: What to do about it.
    """

    exit_code: int
    expected: OuterText
    found: OuterText
    remedy: OuterText


class NightStage(ContractModel):
    """One stage.

    Attributes:
        name: What it is called.
        verb: The verb that it is.
        pack: The pack that it is of alone; None if it is of all.
        state: How far it has come.
        started_at: ISO-8601 time of its last start.
        took_s: Seconds that it took.
        problem: Why it failed.
    """

    name: str
    verb: str
    pack: str | None = None
    state: StageState = "waiting"
    started_at: Omittable[str] = None
    took_s: Omittable[Amount] = None
    problem: Omittable[StageProblem] = None

    @property
    def has_ended_well(self) -> bool:
        """Whether what needs it may begin."""
        return self.state in _ENDED


class NightRecord(ContractModel):
    """A night. Times are ISO-8601; `finished_at` is null while it runs, or if it was killed.

    Attributes:
        kind: Which form this is.
        stamp: What the night is called.
        night_kind: What it makes.
        packs: Of which packs.
        command: As it was typed.
        started_at: Its beginning.
        resumed_at: When it was last gone on with.
        finished_at: Its end.
        refused: Why it was not let begin; left out if it was.
        presets: Folder that packs were made of, if they were.
        places: What it wrote where: folders and files by name.
        stages: In order.
    """

    kind: Literal["aivj_night.v0"] = "aivj_night.v0"
    stamp: str
    night_kind: NightKind
    packs: list[str]
    command: OuterText
    started_at: str
    resumed_at: Omittable[str] = None
    finished_at: str | None = None
    refused: Omittable[StageProblem] = None
    presets: Omittable[OuterText] = None
    places: dict[str, str]
    stages: Sequence[NightStage]

    @property
    def is_passed(self) -> bool:
        """Whether all that was asked for has ended well."""
        has_ended = self.finished_at is not None and self.refused is None
        return has_ended and all(each.has_ended_well for each in self.stages)


def read_night(folder: ObjectFolder) -> NightRecord | None:
    """Reads a night; None if there is none, or none that can be read."""
    found = folder.read(NIGHT_NAME)
    if found is None:
        return None
    try:
        return NightRecord.model_validate_json(found)
    except ValidationError:
        return None


def write_night(folder: ObjectFolder, record: NightRecord) -> None:
    """Writes a night, whole or not at all.

    Raises:
        StorageError: It cannot be written.
    """
    folder.write(NIGHT_NAME, document_bytes(record))
