"""A take: what is kept of one preset that was drawn once, or why it could not be drawn."""

from dataclasses import dataclass

from aivj.errors import ItemError
from aivj.faults import FAULTS
from aivj.takes.cells import LayerCells

# 161 KB of 1,953 presets, of which none failed (docs/log/takes.md); a library is worse.
TAKE_KB = 165.0
"""Kilobytes of a take in the store."""


@dataclass(frozen=True)
class TakeFailure:
    """Why a preset could not be drawn; the attributes are those of `ItemError`."""

    kind: str
    expected: str
    found: str
    remedy: str

    @classmethod
    def of(cls, error: ItemError) -> "TakeFailure":
        """Returns what is kept of an error."""
        return cls(error.kind, error.expected, error.found, error.remedy)

    @property
    def is_final(self) -> bool:
        """Whether the preset carries it in itself, so that no other try will do better."""
        fault = FAULTS.get(self.kind)
        return fault is not None and fault.max_attempts == 1

    def error(self, layer: str) -> ItemError:
        """Returns the error of a pair that the preset is a layer of."""
        return ItemError(self.kind, self.expected, f"{layer}: {self.found}", self.remedy)


@dataclass(frozen=True)
class Drawn:
    """What a preset looks like.

    Attributes:
        cells: Its frames, with music and in silence.
        pictures: WebP pictures of the first, the middle and the last measured frame.
        load_ms: Wall time until the first frame could be drawn; not reproducible, like the next.
        render_ms_per_frame: Wall time.
        num_page_errors: Uncaught exceptions of the page meanwhile.
        num_console_errors: Its console messages of type `error`.
        degraded: What of the preset is not drawn as its author meant.
    """

    cells: LayerCells
    pictures: tuple[bytes, bytes, bytes]
    load_ms: float
    render_ms_per_frame: float
    num_page_errors: int = 0
    num_console_errors: int = 0
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Take:
    """One preset under the conditions of its store.

    Attributes:
        content: The preset's content hash, see `aivj.presets.digest.content_hash`.
        outcome: What it looks like, or why it could not be drawn.
        renderer: The driver's unmasked name.
        chromium: Version of the browser.
    """

    content: str
    outcome: Drawn | TakeFailure
    renderer: str
    chromium: str
