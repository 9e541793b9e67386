"""The packs of a run: their pairs, their scores, and how much of them is to be visited."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.eval_rows import EvalRow
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
from aivj.contracts.run_meta import PackTarget, read_run_meta
from aivj.errors import InputError
from aivj.packs.measured_presets import other_presets
from aivj.sampling.picking import Pick, Target, num_to_cover, picks, remaining
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_directory import RunDirectory
from aivj.storage import require_writable_folder, sha256_hex

_NUM_NAMED = 5
_SAMPLE_ANEW = "sample into another --out-dir"


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

    @property
    def num_target(self) -> int:
        """Picks or pairs that are aimed at."""
        target = self.target
        return target.num_unique if target.num_samples is None else target.num_samples

    def remaining(self, request: SampleRequest, done: Mapping[int, int]) -> Iterator[Pick]:
        """Yields what is still to be visited."""
        stream = picks(self.ids, request.picking, self.quality01, request.settings.seed)
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


def refuse_other_run(request: SampleRequest, packs: Sequence[SamplePack]) -> None:
    """Checks that `request` may write where it says: nothing is there, or the same run is resumed.

    Raises:
        InputError: There is a run already, or one of packs, scores or presets that are others now.
        StorageError: Nothing can be written there.
    """
    directory = RunDirectory(request.out_dir)
    require_writable_folder(directory.path)
    if not request.resume:
        directory.refuse_used()
    elif directory.meta_path.exists():
        earlier = {target.pack: target for target in read_run_meta(directory.meta_path).packs}
        for pack in packs:
            if pack.name in earlier:
                _refuse_other_pack(earlier[pack.name], pack, directory)
        rows = directory.rows()
        for pack in packs:
            _refuse_other_presets(rows, pack, request.packs_root, directory)


def _refuse_other_pack(earlier: PackTarget, pack: SamplePack, directory: RunDirectory) -> None:
    skipped = earlier.skipped_pairs or []
    if skipped != sorted(pack.skipped):
        raise InputError(
            f"the pairs to skip of pack {pack.name!r} that the run in {directory.path} was "
            f"started with: {_in_words(skipped)}",
            _in_words(sorted(pack.skipped)),
            f"say --skip-pairs as it was said then, or {_SAMPLE_ANEW}",
        )
    for name, was, is_now in (
        ("manifest", earlier.manifest_digest, pack.manifest_digest),
        ("scores", earlier.scores_digest, pack.scores_digest),
    ):
        if was is not None and was != is_now:
            raise InputError(
                f"the {name} of pack {pack.name!r} that the run in {directory.path} was started "
                f"with, sha256 {was[:12]}",
                f"sha256 {is_now[:12]}" if is_now else "none",
                f"{_SAMPLE_ANEW}, or bring that {name} back",
            )


def _in_words(pairs: Sequence[int]) -> str:
    """Names some pairs, and how many there are."""
    if not pairs:
        return "none"
    more = ", ..." if len(pairs) > _NUM_NAMED else ""
    return f"{len(pairs)} ({', '.join(map(str, pairs[:_NUM_NAMED]))}{more})"


def _refuse_other_presets(
    rows: Sequence[EvalRow], pack: SamplePack, packs_root: Path, directory: RunDirectory
) -> None:
    others = list(other_presets(rows, pack.manifest, packs_root))
    if others:
        raise InputError(
            f"the presets of pack {pack.name!r} that {directory.eval_path} measured",
            f"{len(others)} rows of others; {others[0]}",
            f"{_SAMPLE_ANEW}, or bring those presets back",
        )


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
