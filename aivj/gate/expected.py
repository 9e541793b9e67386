"""What a pack's own files say the player must find."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aivj.contracts.json_text import read_object, shown
from aivj.contracts.pairs_manifest import (
    PAIRS_MANIFEST_NAME,
    PairsManifest,
    read_pairs_manifest,
    require_pack_name,
)
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME, merge_quality
from aivj.errors import InputError
from aivj.storage import sha256_hex


@dataclass(frozen=True)
class ExpectedPack:
    """What the runtime's loader makes of a pack.

    Attributes:
        num_pairs: Pairs in the manifest that can be used.
        scores: Quality, 0 to 1, by pair id, for the pairs that get one.
        manifest_problem: Why the manifest cannot be used; empty if it can.
        quality_problem: Why no pair gets a score; empty if some do.
        quality_digest: SHA-256 of the quality file; None without one.
        left_out: One sentence on entries of the manifest that cannot be used; empty if all can.
    """

    num_pairs: int = 0
    scores: Mapping[int, float] = field(default_factory=dict)
    manifest_problem: str = ""
    quality_problem: str = ""
    quality_digest: str | None = None
    left_out: str = ""


def read_expected(packs_root: Path, pack: str) -> ExpectedPack:
    """Reads the manifest and the quality file of a pack.

    Problems with their content are part of the answer: they are what a gate is there to find.

    Raises:
        InputError: `pack` is no pack name.
    """
    folder = packs_root / "presets" / require_pack_name(pack)
    try:
        manifest = read_pairs_manifest(folder / PAIRS_MANIFEST_NAME, pack=pack)
    except InputError as error:
        return ExpectedPack(manifest_problem=str(error), quality_problem="the manifest is unusable")
    path = folder / PAIRS_QUALITY_NAME
    scores, problem = _read_scores(path, manifest)
    digest = sha256_hex(path.read_bytes()) if path.is_file() else None
    return ExpectedPack(
        len(manifest.pairs),
        scores,
        quality_problem=problem,
        quality_digest=digest,
        left_out=manifest.left_out,
    )


def _read_scores(path: Path, manifest: PairsManifest) -> tuple[dict[int, float], str]:
    try:
        quality = read_object(path)
    except InputError as error:
        return {}, str(error)
    scores = merge_quality(manifest, quality)
    if scores:
        return scores, ""
    found = quality.get("pack")
    if found != manifest.pack:
        return {}, f"{path.name} is for pack {shown(found)}, the manifest for {manifest.pack!r}"
    return {}, f"{path.name} has no finite score for any pair of the manifest"
