"""The packs of a run: their pairs, their scores, and how much of them is to be visited."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.json_text import read_object
from aivj.contracts.pair_faults import PairFault
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    ManifestPair,
    PairsManifest,
    read_pairs_manifest,
    require_pack_name,
)
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, merge_quality
from aivj.contracts.run_meta import PackTarget
from aivj.errors import InputError, ItemError
from aivj.runs.directory import RunDirectory
from aivj.runs.resume import refuse_other_packs, refuse_used
from aivj.sampling.picking import Pick, Target, num_to_cover, picks, remaining
from aivj.sampling.request import SampleRequest
from aivj.storage import sha256_hex


@dataclass(frozen=True)
class SamplePack:
    """A pack that is sampled.

    Attributes:
        name: Its name.
        manifest_path: Where its pairs are listed.
        pairs: Its pairs by id.
        faults: By id, what is wrong with the entries that cannot be used: those pairs fail.
        skipped: Its pairs that are not to be visited.
        quality01: Scores by id, as far as it is scored.
        target: How much of it is to be visited.
        manifest: Its manifest.
        manifest_digest: SHA-256 of that file.
        scores_digest: The same of the scores, where picks are weighted by them.
    """

    name: str
    manifest_path: Path
    pairs: Mapping[int, ManifestPair]
    faults: Mapping[int, PairFault]
    skipped: frozenset[int]
    quality01: Mapping[int, float]
    target: Target
    manifest: PairsManifest
    manifest_digest: str
    scores_digest: str | None

    @property
    def ids(self) -> list[int]:
        """The pairs that are visited; one whose entry cannot be used is a failure."""
        return [pair for pair in self.manifest.ids if pair not in self.skipped]

    def is_wanted(self, pair: int) -> bool:
        """Whether a pair may be measured."""
        return pair in self.pairs and pair not in self.skipped

    def require_usable(self, pair: int) -> None:
        """Checks that the manifest's entry of a pair can be used.

        Raises:
            ItemError: It cannot.
        """
        fault = self.faults.get(pair)
        if fault is not None:
            raise ItemError("bad-entry", fault.expected, fault.found, fault.remedy)

    @property
    def num_target(self) -> int:
        """Picks or pairs that are aimed at."""
        target = self.target
        return target.num_unique if target.num_samples is None else target.num_samples

    def aim(self, target_coverage: float) -> PackTarget:
        """Returns what the run's record says of it; `target_coverage` is 0.01 to 1."""
        return PackTarget(
            pack=self.name,
            manifest_path=self.manifest_path.as_posix(),
            pair_count=len(self.manifest.ids),
            unique_pair_ids=len(self.manifest.ids),
            target_coverage=target_coverage,
            target_unique_pairs=self.target.num_unique,
            manifest_digest=self.manifest_digest,
            scores_digest=self.scores_digest,
            skipped_pairs=sorted(self.skipped) or None,
        )

    def remaining(self, request: SampleRequest, done: Mapping[int, int]) -> Iterator[Pick]:
        """Yields what is still to be visited."""
        stream = picks(self.ids, request.picking, self.quality01, request.seed)
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


def usable_packs(request: SampleRequest) -> tuple[SamplePack, ...]:
    """Reads the packs asked for, and checks that `request` may write where it says.

    Raises:
        InputError: A manifest cannot be used, or there is a run already that is not to be resumed,
            or was made of other packs, scores or presets.
        StorageError: Nothing can be written there.
    """
    packs = read_packs(request)
    directory = RunDirectory(request.out_dir)
    if request.resume:
        aims = [(pack.aim(request.target_coverage), pack.manifest) for pack in packs]
        refuse_other_packs(directory, aims, request.packs_root)
    else:
        refuse_used(directory)
    return packs


def _read_pack(name: str, request: SampleRequest) -> SamplePack:
    require_pack_name(name)
    folder = request.packs_root / "presets" / name
    path = folder / PAIRS_MANIFEST_NAME
    manifest = read_pairs_manifest(path, pack=name)
    skipped = request.skipped_pairs.get(name, frozenset()).intersection(manifest.ids)
    num_visited = len(manifest.ids) - len(skipped)
    if not num_visited:
        raise InputError(
            f"a pair of {name} to visit", "all of them to be skipped", "shorten --skip-pairs"
        )
    faults = {fault.pair: fault for fault in manifest.faults if fault.pair is not None}
    is_weighted = request.picking.mode == "weighted"
    return SamplePack(
        name=name,
        manifest_path=path,
        pairs={pair.pair: pair for pair in manifest.pairs},
        faults={pair: fault for pair, fault in faults.items() if pair not in skipped},
        skipped=skipped,
        quality01=_scores(folder, manifest, required=is_weighted),
        manifest=manifest,
        manifest_digest=sha256_hex(path.read_bytes()),
        scores_digest=(
            sha256_hex((folder / PAIRS_QUALITY_NAME).read_bytes()) if is_weighted else None
        ),
        target=Target(request.target_samples, num_to_cover(num_visited, request.target_coverage)),
    )


def _scores(folder: Path, manifest: PairsManifest, *, required: bool) -> Mapping[int, float]:
    """Returns the scores as the runtime merges them; those that nobody needs may be unusable."""
    path = folder / PAIRS_QUALITY_NAME
    if required and not path.exists():
        raise InputError(
            f"scores of the pack at {path} for weighted picks",
            "none",
            f"score the pack first (`aivj score --pack {manifest.pack}`), or pick with shuffle",
        )
    try:
        return merge_quality(manifest, read_object(path))
    except InputError:
        if required:
            raise
        return {}
