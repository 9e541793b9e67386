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
from aivj.sampling.worker import PairJob
from aivj.settings import Settings
from aivj.stage.conversion import PresetConverter

LIBRARY = Path("/usr/share/projectM/presets")
PACK = "bench"
CLIP = "0"


@dataclass(frozen=True)
class RealPairs:
    """A drawn pack.

    Attributes:
        jobs: Its pairs, ready to be rendered.
        packs_root: The folder that the pack `PACK` lies below.
        converter: Has all its presets in the cache.
    """

    jobs: list[PairJob]
    packs_root: Path
    converter: PresetConverter


@contextlib.contextmanager
def real_pairs(library: Path, num_pairs: int, seed: int) -> Iterator[RealPairs]:
    """Draws pairs whose presets all convert; they last as long as the block."""
    with TemporaryDirectory() as folder, PresetConverter(Settings().conversion_cache) as converter:
        packs_root = Path(folder)

        def text(url: str) -> str:
            converted = converter.convert(preset_path(packs_root, url).read_bytes())
            return json.dumps(converted.butterchurn, separators=(",", ":"))

        drawn = draw_coupled_pack(
            scan_presets(library),
            pack=PACK,
            num_pairs=num_pairs,
            seed=seed,
            packs_root=packs_root,
            generated_at=datetime.now(UTC),
            accept=lambda _, data: not converter.convert(data).degraded,
        )
        jobs = [
            PairJob(PACK, pair.pair, text(pair.fg_url), text(pair.bg_url), clip=CLIP)
            for pair in drawn.manifest.pairs
        ]
        yield RealPairs(jobs, packs_root, converter)
