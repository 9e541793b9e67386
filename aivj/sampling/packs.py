"""The packs of a run: their pairs, their scores, and how much of them is to be visited."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.json_text import read_object
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
    require_pack_name,
)
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, merge_quality
from aivj.errors import InputError
from aivj.sampling.picking import Pick, Target, num_to_cover, picks, remaining
from aivj.sampling.request import SampleRequest


@dataclass(frozen=True)
class SamplePack:
    """A pack that is sampled.

    Attributes:
        name: Its name.
        manifest_path: Where its pairs are listed.
        pairs: Its pairs by id.
        quality01: Scores by id, where weighted picks want them.
        target: How much of it is to be visited.
    """

    name: str
    manifest_path: Path
    pairs: Mapping[int, ManifestPair]
    quality01: Mapping[int, float]
    target: Target

    @property
    def num_target(self) -> int:
        """Picks or pairs that are aimed at."""
        target = self.target
        return target.num_unique if target.num_samples is None else target.num_samples

    def remaining(self, request: SampleRequest, done: Mapping[int, int]) -> Iterator[Pick]:
        """Yields what is still to be visited."""
        stream = picks(list(self.pairs), request.picking, self.quality01, request.settings.seed)
        return remaining(stream, self.target, done)


def read_packs(request: SampleRequest) -> tuple[SamplePack, ...]:
    """Reads the manifests of the packs asked for.

    Raises:
        InputError: No pack, one named twice, or a manifest that cannot be used.
    """
    if not request.packs or len(set(request.packs)) < len(request.packs):
        raise InputError(
            "one pack or several different ones",
            ", ".join(request.packs) or "none",
            "name each pack once, for example --pack one,two",
        )
    return tuple(_read_pack(name, request) for name in request.packs)


def _read_pack(name: str, request: SampleRequest) -> SamplePack:
    require_pack_name(name)
    folder = request.packs_root / "presets" / name
    manifest = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=name)
    return SamplePack(
        name=name,
        manifest_path=folder / PAIRS_MANIFEST_NAME,
        pairs={pair.pair: pair for pair in manifest.pairs},
        quality01=_scores(folder, manifest) if request.picking.mode == "weighted" else {},
        target=Target(
            request.target_samples, num_to_cover(len(manifest.pairs), request.target_coverage)
        ),
    )


def _scores(folder: Path, manifest: PairsManifest) -> Mapping[int, float]:
    path = folder / PAIRS_QUALITY_NAME
    if not path.exists():
        raise InputError(
            f"scores of the pack at {path} for weighted picks",
            "none",
            "score the pack first, or pick with shuffle",
        )
    return merge_quality(manifest, read_object(path))
