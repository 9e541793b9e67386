"""A manifest's pairs as rows of a table of presets."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.coupling.preset_table import PresetTable
from aivj.coupling.split import BoolArray
from aivj.coupling.training_set import IntArray

MISSING = -1


@dataclass(frozen=True)
class PackRows:
    """The pairs of one pack in the manifest's order; all arrays are [n].

    Attributes:
        pack: Name of the pack.
        pair_ids: Ids as the manifest gives them.
        fg_index: Row of each foreground in the table, `MISSING` where its file cannot be read.
        bg_index: The same for backgrounds.
    """

    pack: str
    pair_ids: IntArray
    fg_index: IntArray
    bg_index: IntArray

    @property
    def whole(self) -> BoolArray:
        """Which pairs have both layers."""
        both: BoolArray = (self.fg_index != MISSING) & (self.bg_index != MISSING)
        return both


def resolve_pack(manifest: PairsManifest, packs_root: Path, table: PresetTable) -> PackRows:
    """Reads the presets of a pack into `table`.

    Raises:
        UnsafePathError: A URL leads out of `packs_root`.
    """

    def row(url: str) -> int:
        index = table.add(preset_path(packs_root, url))
        return MISSING if index is None else index

    return PackRows(
        pack=manifest.pack,
        pair_ids=np.array([pair.pair for pair in manifest.pairs], dtype=np.int64),
        fg_index=np.array([row(pair.fg_url) for pair in manifest.pairs], dtype=np.int64),
        bg_index=np.array([row(pair.bg_url) for pair in manifest.pairs], dtype=np.int64),
    )
