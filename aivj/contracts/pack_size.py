"""How large a pack is, and whether its presets are all different."""

from collections import Counter
from dataclasses import dataclass

from aivj.contracts.pairs_manifest import PairsManifest

KNOWN_SIZES = {"ai_generated_coupled_final": 3000, "ai_generated_coupled": 500}
"""Pairs of the runtime's own packs; each has as many different foregrounds and backgrounds."""


@dataclass(frozen=True)
class PackSize:
    """Counts of a manifest. Entries that cannot be used are pairs, but name no presets.

    Attributes:
        num_pairs: Its entries.
        num_unusable: Those of them that cannot be used.
        num_foregrounds: Different URLs of foregrounds.
        num_backgrounds: Different URLs of backgrounds.
        num_repeated: URLs that more than one pair has, or both layers of one.
        num_expected: Pairs that the pack is known to have; None if nobody knows.
    """

    num_pairs: int
    num_unusable: int
    num_foregrounds: int
    num_backgrounds: int
    num_repeated: int
    num_expected: int | None

    @property
    def oddities(self) -> list[str]:
        """What is not as it is expected of a pack, in words."""
        found = []
        if self.num_expected not in {None, self.num_pairs}:
            found.append(f"{self.num_pairs} pairs, where {self.num_expected} are known")
        if self.num_repeated:
            found.append(
                f"{self.num_repeated} presets stand more than once "
                f"({self.num_foregrounds} foregrounds, {self.num_backgrounds} backgrounds)"
            )
        return found


def pack_size(manifest: PairsManifest) -> PackSize:
    """Counts the pairs of a manifest, and the different presets that they name."""
    foregrounds = [pair.fg_url for pair in manifest.pairs]
    backgrounds = [pair.bg_url for pair in manifest.pairs]
    uses = Counter([*foregrounds, *backgrounds])
    return PackSize(
        num_pairs=len(manifest.pairs) + len(manifest.faults),
        num_unusable=len(manifest.faults),
        num_foregrounds=len(set(foregrounds)),
        num_backgrounds=len(set(backgrounds)),
        num_repeated=sum(number > 1 for number in uses.values()),
        num_expected=KNOWN_SIZES.get(manifest.pack),
    )
