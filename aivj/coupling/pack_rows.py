"""A manifest's pairs as rows of a table of presets."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.contracts.pairs_manifest import PairsManifest, preset_path
from aivj.coupling.preset_rows import MISSING, PresetRows
from aivj.coupling.training_set import BoolArray, IntArray


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


def pack_files(manifest: PairsManifest, packs_root: Path) -> list[tuple[Path, Path]]:
    """Returns the foreground's and the background's file of each pair.

    Raises:
        UnsafePathError: A URL leads out of `packs_root`.
    """
    return [
        (preset_path(packs_root, pair.fg_url), preset_path(packs_root, pair.bg_url))
        for pair in manifest.pairs
    ]


def pack_rows(manifest: PairsManifest, packs_root: Path, presets: PresetRows) -> PackRows:
    """Finds the pairs of a pack among `presets`, which hold all of its files."""
    rows = [(presets.row_of[fg], presets.row_of[bg]) for fg, bg in pack_files(manifest, packs_root)]
    fg_index, bg_index = np.array(rows, dtype=np.int64).reshape(-1, 2).T.copy()
    return PackRows(
        pack=manifest.pack,
        pair_ids=np.array([pair.pair for pair in manifest.pairs], dtype=np.int64),
        fg_index=fg_index,
        bg_index=bg_index,
    )
