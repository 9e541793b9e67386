"""A picked pair: which takes its row needs."""

from dataclasses import dataclass

from aivj.sampling.layers import Layer
from aivj.sampling.packs import SamplePack
from aivj.sampling.picking import Pick
from aivj.takes.shelf import TakeShelf


@dataclass(frozen=True)
class PickedPair:
    """One visit of a pair.

    Attributes:
        pack: Name of its pack.
        pair: Its id in the manifest.
        iteration: Which pick of the run it is; a pair can be picked more than once.
        clip: Which clip it hears.
        contents: Content hashes of foreground and background.
        digests: SHA-256 of their files.
    """

    pack: str
    pair: int
    iteration: int
    clip: str
    contents: tuple[str, str]
    digests: tuple[str, str]

    @classmethod
    def of(
        cls, pack: SamplePack, pick: Pick, clip: str, layers: tuple[Layer, Layer]
    ) -> "PickedPair":
        """Returns what is kept of a pick until its row is written."""
        foreground, background = layers
        return cls(
            pack.name,
            pick.pair,
            pick.iteration,
            clip,
            (foreground.content, background.content),
            (foreground.digest, background.digest),
        )

    def is_drawn(self, shelf: TakeShelf) -> bool:
        """Whether nothing must be drawn any more to tell what becomes of it."""
        return all(shelf.holds(self.clip, content) for content in self.contents)
