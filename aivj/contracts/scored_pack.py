"""Whether scores were made for a pack as it is now.

A pack that is drawn anew, or a preset that is edited, keeps its pair ids: scores of the former
presets would be taken for those of the present ones by whoever matches ids.
"""

import hashlib
from pathlib import Path

from aivj.contracts.json_text import read_bytes
from aivj.contracts.pairs_manifest import PairsManifest, preset_digest, read_pairs_manifest
from aivj.contracts.pairs_quality import Provenance
from aivj.storage import sha256_hex

_SHOWN_DIGITS = 12


def presets_digest(manifest: PairsManifest, packs_root: Path) -> str:
    """Returns one SHA-256 of the ids of a pack's pairs with the files of their presets.

    It does not depend on the order of the pairs, nor on where their presets lie.
    """
    known: dict[str, str] = {}
    whole = hashlib.sha256()
    for pair in sorted(manifest.pairs, key=lambda pair: pair.pair):
        for url in (pair.fg_url, pair.bg_url):
            if url not in known:
                known[url] = preset_digest(packs_root, url) or "none"
        whole.update(f"{pair.pair} {known[pair.fg_url]} {known[pair.bg_url]}\n".encode())
    return whole.hexdigest()


def scored_otherwise(provenance: Provenance, manifest_path: Path, packs_root: Path) -> list[str]:
    """Returns what of the pack is not what its scores were made for; empty if all is or none says.

    Args:
        provenance: What the scores say of themselves.
        manifest_path: The pack's manifest as it is now.
        packs_root: Where its presets lie.

    Raises:
        InputError: The manifest cannot be used.
    """
    found = []
    digest = sha256_hex(read_bytes(manifest_path))
    if provenance.manifest_digest not in {None, digest}:
        was = f"{provenance.manifest_digest}"[:_SHOWN_DIGITS]
        found.append(f"its manifest was sha256 {was}, is {digest[:_SHOWN_DIGITS]}")
    if provenance.presets_digest is not None:
        now = presets_digest(read_pairs_manifest(manifest_path), packs_root)
        if now != provenance.presets_digest:
            was = provenance.presets_digest[:_SHOWN_DIGITS]
            found.append(f"its pairs' presets were sha256 {was}, are {now[:_SHOWN_DIGITS]}")
    return found
