"""A preset of a library, too many to be held in memory."""

from dataclasses import dataclass

from aivj.packs.scan import PresetFile


@dataclass(frozen=True)
class PresetOnDisk:
    """One that was read once, and is read again when its bytes are needed.

    Attributes:
        source: The first file that holds it.
        content_hash: What it is, however it is written.
    """

    source: PresetFile
    content_hash: str

    @property
    def data(self) -> bytes:
        """Reads the file."""
        return self.source.path.read_bytes()
