"""A manifest's pairs as rows of a table of presets."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.contracts.pairs_manifest import PairsManifest, preset_file
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


def pack_files(manifest: PairsManifest, packs_root: Path) -> Iterator[Path]:
    """Yields the files of all pairs, but for links that lead out of `packs_root`."""
    for pair in manifest.pairs:
        for url in (pair.fg_url, pair.bg_url):
            path = preset_file(packs_root, url)
            if path is not None:
                yield path


def pack_rows(manifest: PairsManifest, packs_root: Path, presets: PresetRows) -> PackRows:
    """Finds the pairs of a pack among `presets`, which hold all of its files."""

    def row(url: str) -> int:
        path = preset_file(packs_root, url)
        return MISSING if path is None else presets.row_of[path]

    rows = [(row(pair.fg_url), row(pair.bg_url)) for pair in manifest.pairs]
    fg_index, bg_index = np.array(rows, dtype=np.int64).reshape(-1, 2).T.copy()
    return PackRows(
        pack=manifest.pack,
        pair_ids=np.array([pair.pair for pair in manifest.pairs], dtype=np.int64),
        fg_index=fg_index,
        bg_index=bg_index,
    )
