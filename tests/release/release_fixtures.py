"""Scores to promote, evidence for them, and buckets that fail where a test says."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.contracts.pairs_quality import (
    PairsQuality,
    QualityPair,
    ScoringStats,
    quality_stats,
    write_pairs_quality,
)
from aivj.release import Force, Promotion, PromotionEvidence, VerifyEvidence, promote
from aivj.storage import Bucket, sha256_hex

PACK = "night's-pack"
NOW = datetime(2026, 3, 1, 11, tzinfo=UTC)
SPREAD = (0.1, 0.4, 0.6, 0.9)
UNVERIFIED = PromotionEvidence()
FORCE = Force(reason="tonight's show", by="ada")


def write_scores(path: Path, scores: Sequence[float] = SPREAD, *, pack: str = PACK) -> Path:
    """Writes scores for the pairs 0, 1, 2, ..."""
    quality = PairsQuality(
        generated_at="2026-03-01T10:00:00.000Z",
        pack=pack,
        quality_stats=quality_stats(scores),
        stats=ScoringStats(total_pairs=len(scores), scored_pairs=len(scores)),
        pairs=[QualityPair(pair=pair, quality01=score) for pair, score in enumerate(scores)],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_pairs_quality(path, quality)
    return path


def write_manifest(path: Path, *, num_pairs: int, pack: str = PACK) -> Path:
    """Writes a manifest with the pairs 0, 1, 2, ..."""
    pairs = [
        ManifestPair(
            pair=pair, fg_url=f"/presets/{pack}/fg/{pair}.milk", bg_url=f"/presets/{pack}/bg/0.milk"
        )
        for pair in range(num_pairs)
    ]
    manifest = PairsManifest(generated_at="2026-03-01T09:00:00.000Z", pack=pack, pairs=pairs)
    write_pairs_manifest(path, manifest)
    return path


def verified(quality_path: Path, *, passed: bool = True) -> PromotionEvidence:
    """Makes the evidence of a check of exactly these scores."""
    report = quality_path.with_name(f"{quality_path.stem}.report.json")
    digest = sha256_hex(quality_path.read_bytes())
    report.write_text(f'{{"quality": "{digest}"}}\n')
    return PromotionEvidence(
        run_id="run1",
        verify=VerifyEvidence(passed=passed, quality_digest=digest, report_path=report),
    )


def scores_numbered(folder: Path, number: int) -> Path:
    """Writes scores that differ for every number below 1000."""
    return write_scores(folder / f"scores{number}.json", [0.1, 0.9, number / 1000])


def promote_numbered(bucket: Bucket, folder: Path, number: int) -> Promotion:
    """Promotes the scores of that number, verified."""
    path = scores_numbered(folder, number)
    return promote(
        bucket,
        pack=PACK,
        quality_path=path,
        manifest_path=None,
        evidence=verified(path),
        now=NOW,
    )


class CrashError(BaseException):
    """What a process that is killed never gets to see."""


class CrashingBucket:
    """Passes on to another bucket, and crashes before or after one of the writes."""

    def __init__(self, bucket: Bucket, *, at_write: int, written: bool) -> None:
        self._bucket = bucket
        self._num_left = at_write
        self._written = written
        self.uri = bucket.uri
        self.unconditional = bucket.unconditional
        self.get = bucket.get
        self.list = bucket.list

    def put_new(self, key: str, data: bytes) -> None:
        with self._counted():
            self._bucket.put_new(key, data)

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        with self._counted():
            return self._bucket.swap(key, data, expected_etag)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._num_left -= 1
        if self._num_left == 0 and not self._written:
            raise CrashError
        yield
        if self._num_left == 0:
            raise CrashError


class InterruptedBucket:
    """Passes on to another bucket, and lets somebody else act before one of the swaps."""

    def __init__(self, bucket: Bucket, *, key: str, meanwhile: Callable[[], object]) -> None:
        self._bucket = bucket
        self._key = key
        self._meanwhile: Callable[[], object] | None = meanwhile
        self.uri = bucket.uri
        self.unconditional = bucket.unconditional
        self.get = bucket.get
        self.list = bucket.list
        self.put_new = bucket.put_new

    def swap(self, key: str, data: bytes, expected_etag: str | None) -> str:
        if key == self._key and self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return self._bucket.swap(key, data, expected_etag)
