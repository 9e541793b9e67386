"""Whether rows were measured of the presets that their pack has now.

A pack that is drawn anew, or a preset that is edited, keeps its pair ids and URLs; what was
measured of the former presets says nothing of the present ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import PairsManifest, preset_digest


@dataclass(frozen=True)
class OtherPreset:
    """A row that measured another preset than the one that its URL names now.

    Attributes:
        row: The row.
        url: The preset's URL in the manifest; empty if the manifest does not have the pair.
    """

    row: EvalRow
    url: str

    def __str__(self) -> str:
        """Names the pair, and the file that is another now."""
        where = f"{self.url} is another file now" if self.url else "the manifest has it no more"
        return f"pair {self.row.pair}: {where}"


def other_presets(
    rows: Iterable[EvalRow], manifest: PairsManifest, packs_root: Path
) -> Iterator[OtherPreset]:
    """Yields the rows of a pack that measured other presets than it has now, each once.

    Rows that do not say what they measured, and files that are not there, are passed over.

    Args:
        rows: Rows of this pack and of others, which are passed over too.
        manifest: The pack as it is.
        packs_root: Where its presets lie.
    """
    pairs = {pair.pair: pair for pair in manifest.pairs}
    known: dict[str, str | None] = {}
    for row in rows:
        if row.pack != manifest.pack or row.pair is None or row.preset_fg_digest is None:
            continue
        pair = pairs.get(row.pair)
        if pair is None:
            yield OtherPreset(row, "")
            continue
        layers = ((pair.fg_url, row.preset_fg_digest), (pair.bg_url, row.preset_bg_digest))
        for url, measured in layers:
            if url not in known:
                known[url] = preset_digest(packs_root, url)
            if known[url] not in {None, measured}:
                yield OtherPreset(row, url)
                break
