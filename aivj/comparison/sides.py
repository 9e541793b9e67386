"""One of two files that are compared: its scores, as the runtime would take them."""

from collections.abc import Mapping
from dataclasses import dataclass

from aivj.contracts.comparison import Side
from aivj.contracts.json_text import parse_json, shown, validated
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.pairs_quality import Provenance, merge_quality
from aivj.errors import InputError
from aivj.storage import sha256_hex


@dataclass(frozen=True)
class ScoredSide:
    """One of the two files with its scores.

    Attributes:
        side: What to tell of it.
        scores: Quality by pair id, as the runtime would merge it.
        held_out: Pairs that the net behind it was kept from; None if the file does not say.
        manifest_digest: SHA-256 of the manifest it was promoted with, where that is known.
    """

    side: Side
    scores: Mapping[int, float]
    held_out: frozenset[int] | None
    manifest_digest: str | None = None


def scored_side(
    source: str, data: bytes, manifest: PairsManifest, *, manifest_digest: str | None = None
) -> ScoredSide:
    """Reads a file of scores, whose check is not known yet.

    Args:
        source: Where it lies.
        data: Its bytes.
        manifest: The pack's pairs.
        manifest_digest: As of `ScoredSide`.

    Raises:
        InputError: The file cannot be used, or scores no pair of the pack.
    """
    document = parse_json(data, source)
    scores = merge_quality(manifest, document)
    if not scores:
        found = document.get("pack") if isinstance(document, Mapping) else document
        raise InputError(
            f"scores for pairs of pack {manifest.pack!r} in {source}",
            f"none that the runtime would take, pack {shown(found)}",
            "compare two files of scores of the same pack",
        )
    provenance = validated(Provenance, document.get("provenance", {}), source)
    held_out = provenance.held_out_pairs
    return ScoredSide(
        Side(source=source, digest=sha256_hex(data), num_pairs=len(scores), evidence=None),
        scores,
        None if held_out is None else frozenset(held_out),
        manifest_digest,
    )
