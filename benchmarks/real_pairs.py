"""Real pairs for benchmarks: drawn from a library of presets, converted, whole."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aivj.contracts.pairs_manifest import preset_path
from aivj.packs.pairing import draw_coupled_pack
from aivj.packs.scan import scan_presets
from aivj.presets.digest import content_hash
from aivj.settings import Settings
from aivj.stage.conversion import PresetConverter
from aivj.takes.render import ProofJob, TakeJob

LIBRARY = Path("/usr/share/projectM/presets")
PACK = "bench"
CLIP = "0"


@dataclass(frozen=True)
class RealPairs:
    """A drawn pack.

    Attributes:
        jobs: Its pairs by id, ready to be drawn.
        packs_root: The folder that the pack `PACK` lies below.
        converter: Has all its presets in the cache.
    """

    jobs: dict[int, ProofJob]
    packs_root: Path
    converter: PresetConverter

    @property
    def layers(self) -> list[TakeJob]:
        """Their presets, each once."""
        jobs = self.jobs.values()
        return list(
            dict.fromkeys(layer for job in jobs for layer in (job.foreground, job.background))
        )


@contextlib.contextmanager
def real_pairs(library: Path, num_pairs: int, seed: int) -> Iterator[RealPairs]:
    """Draws pairs whose presets all convert; they last as long as the block."""
    with TemporaryDirectory() as folder, PresetConverter(Settings().conversion_cache) as converter:
        packs_root = Path(folder)

        def layer(url: str) -> TakeJob:
            data = preset_path(packs_root, url).read_bytes()
            text = json.dumps(converter.convert(data).butterchurn, separators=(",", ":"))
            return TakeJob(CLIP, content_hash(data), text)

        drawn = draw_coupled_pack(
            scan_presets(library),
            pack=PACK,
            num_pairs=num_pairs,
            seed=seed,
            packs_root=packs_root,
            generated_at=datetime.now(UTC),
            accept=lambda _, data: not converter.convert(data).degraded,
        )
        jobs = {
            pair.pair: ProofJob(f"pair {pair.pair}", layer(pair.fg_url), layer(pair.bg_url))
            for pair in drawn.manifest.pairs
        }
        yield RealPairs(jobs, packs_root, converter)
