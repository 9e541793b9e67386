"""Packs whose presets do just what a check looks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.contracts.pairs_quality import (
    PairsQuality,
    Provenance,
    QualityPair,
    ScoringStats,
    quality_stats,
    write_pairs_quality,
)
from aivj.contracts.scored_pack import presets_digest
from aivj.storage import sha256_hex

_HEAD = b"MILKDROP_PRESET_VERSION=201\r\nPSVERSION_WARP=2\r\nPSVERSION_COMP=2\r\n[preset00]\r\n"


def _drawn_by(expression: bytes) -> bytes:
    lines = [b"shader_body", b"{", b"ret = " + expression + b";", b"}"]
    return _HEAD + b"".join(b"comp_%d=`%s\r\n" % (n, line) for n, line in enumerate(lines, 1))


MOVING = _drawn_by(b"0.5 + 0.4*sin(float3(5,7,11)*time + uv.x)")
STILL = _drawn_by(b"float3(0.4, 0.2, 0.1)")
BLANK = _drawn_by(b"float3(0.0, 0.0, 0.0)")
# More memory than WebGL gives a shader: it does not link.
BROKEN = _drawn_by(b"0; float a[9000000]; a[1] = uv.x; ret = a[1]")
# Equations cannot trap, so a page of its tests makes one number of theirs do so.
TRAPPING = _HEAD + b"per_frame_1=q1 = if(above(frame, 4), sin(4321), 0);\r\n"
TRAP = """(() => {
  const { sin } = Math;
  Math.sin = (x) => {
    if (x === 4321) throw new WebAssembly.RuntimeError("unreachable");
    return sin(x);
  };
})();"""


@dataclass(frozen=True)
class PackFolder:
    """A pack below `root`, with what its tests want to spoil."""

    root: Path
    name: str

    @property
    def manifest(self) -> Path:
        return self.root / "presets" / self.name / "pairs-manifest.v0.json"

    @property
    def quality(self) -> Path:
        return self.root / "presets" / self.name / "pairs-quality.v0.json"


def write_pack(root: Path, presets: Sequence[bytes], scores: Sequence[float]) -> PackFolder:
    """Writes pairs with the ids 0, 3, 6 ..., each with its foreground as background too."""
    pack = PackFolder(root, "tested")
    pairs = []
    for index, preset in enumerate(presets):
        urls = {}
        for layer in ("fg", "bg"):
            url = f"/presets/tested/{layer}/p{index}.milk"
            path = root / url.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(preset)
            urls[f"{layer}_url"] = url
        pairs.append(ManifestPair(pair=3 * index, **urls))
    now = "2026-03-01T09:00:00.000Z"
    manifest = PairsManifest(generated_at=now, pack=pack.name, pairs=pairs)
    write_pairs_manifest(pack.manifest, manifest)
    quality = PairsQuality(
        generated_at=now,
        pack=pack.name,
        quality_stats=quality_stats(scores),
        stats=ScoringStats(total_pairs=len(pairs), scored_pairs=len(scores)),
        provenance=Provenance(
            manifest_digest=sha256_hex(pack.manifest.read_bytes()),
            presets_digest=presets_digest(manifest, root),
        ),
        pairs=[
            QualityPair(pair=row.pair, quality01=score)
            for row, score in zip(pairs, scores, strict=True)
        ],
    )
    write_pairs_quality(pack.quality, quality)
    return pack
