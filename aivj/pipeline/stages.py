"""Which stages of a loop or a night have ended.

A stage that has ended leaves a marker, last. It counts for as long as what was asked for and what
was read are the same, and what the stage left is there unchanged: so the same stages asked for
again, here or elsewhere, do what is missing.
"""

import json
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from aivj.contracts.json_text import ContractModel, document_bytes
from aivj.storage import ObjectFolder, open_folder, sha256_hex

_ABSENT = "absent"
_MARKERS = "stages"


class StageMarker(ContractModel):
    """That a stage has ended.

    Attributes:
        stage: Its name.
        asked: Digest of its options, and of what it read.
        left: Digests of the files that it left, by name.
    """

    stage: str
    asked: str
    left: dict[str, str]


class EndedStages:
    """The markers of a loop or a night.

    Args:
        folder: Holds them in `stages/`.
    """

    def __init__(self, folder: str) -> None:
        self._folder: ObjectFolder = open_folder(folder).folder(_MARKERS)

    def has_ended(self, stage: str, asked: str, left: Sequence[str]) -> bool:
        """Tells whether a stage has ended that was asked for this, and left what is there now."""
        found = self._folder.read(f"{stage}.json")
        if found is None:
            return False
        try:
            marker = StageMarker.model_validate_json(found)
        except ValidationError:
            return False
        return marker.asked == asked and marker.left == _digests(left)

    def mark(self, stage: str, asked: str, left: Sequence[str]) -> None:
        """Notes that a stage has ended.

        Raises:
            StorageError: It cannot be written.
        """
        marker = StageMarker(stage=stage, asked=asked, left=_digests(left))
        self._folder.write(f"{stage}.json", document_bytes(marker))


def digest_of(options: Mapping[str, object], read: Sequence[str]) -> str:
    """Returns a digest of what a stage is asked for, and of the files and folders that it reads."""
    said = json.dumps({name: str(value) for name, value in options.items()}, sort_keys=True)
    return sha256_hex(json.dumps([said, [_content(place) for place in read]]).encode())


def _digests(places: Sequence[str]) -> dict[str, str]:
    return {place.rpartition("/")[2]: _content(place) for place in places}


def _content(place: str) -> str:
    """Returns the digest of a file, or of all files of a folder."""
    parent, slash, name = place.rstrip("/").rpartition("/")
    beside = open_folder(parent or slash or ".")
    if name not in beside.listing():
        return _folder_content(beside.folder(name))
    return sha256_hex(beside.read(name) or b"")


def _folder_content(folder: ObjectFolder) -> str:
    lines = [f"{name} {sha256_hex(folder.read(name) or b'')}" for name in sorted(folder.listing())]
    lines += [f"{name}/ {_folder_content(folder.folder(name))}" for name in folder.folders()]
    return sha256_hex("\n".join(lines).encode()) if lines else _ABSENT
