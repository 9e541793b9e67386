"""What a training set is made of, read and not yet joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.elite_manifest import EliteManifest
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.preferences import Preference
from aivj.coupling.pack_rows import pack_files
from aivj.coupling.taken_pairs import TakenPairs
from aivj.packs.extra_features import ExtraFeatures


@dataclass(frozen=True)
class LabelSources:
    """What people and browsers say of pairs and presets.

    Attributes:
        packs_root: Folder that `/presets/<pack>/...` lies under.
        manifests: Packs that `eval_rows` and `preferences` are about, and whose pairs are crossed
            for negatives.
        elite: Pairs that people scored.
        eval_rows: Measurements; several rows of a pair are averaged.
        preferences: Which of two pairs people liked better.
        extra: Features of presets beside those of their text.
        taken: Measures pairs that no run has visited; None if there are no takes.
        mix_renderers: Takes rows of different renderer classes together.
        notes: Sentences on what was left out while the sources were read.
    """

    packs_root: Path
    manifests: Sequence[PairsManifest]
    elite: EliteManifest | None = None
    eval_rows: Sequence[EvalRow] = ()
    preferences: Sequence[Preference] = ()
    extra: ExtraFeatures | None = None
    taken: TakenPairs | None = None
    mix_renderers: bool = False
    notes: Sequence[str] = ()

    def preset_files(self) -> Iterator[Path]:
        """Yields every preset file that a label may be about, some more than once."""
        for entry in self.elite.entries if self.elite else ():
            yield from (entry.fg, entry.bg)
        for manifest in self.manifests:
            yield from pack_files(manifest, self.packs_root)
