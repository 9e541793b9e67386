"""Packs that are picked from and never drawn: the presets of their pairs are not there."""

import json

from gate.tested_packs import PackFolder

LAYERS = ("fg", "bg")


def write_listed(root, pairs, scores=None, **quality):
    """Writes a manifest of ids, and scores as `(id, score)` with more members of their file."""
    pack = PackFolder(root, "tested")
    pack.manifest.parent.mkdir(parents=True, exist_ok=True)
    listed = [
        {"pair": pair, **{f"{layer}Url": f"/presets/tested/{layer}/p.milk" for layer in LAYERS}}
        for pair in pairs
    ]
    pack.manifest.write_text(json.dumps({"pack": "tested", "pairs": listed}))
    if scores is not None:
        entries = [{"pair": pair, "quality01": score} for pair, score in scores]
        document = {"pack": "tested", **quality, "pairs": entries}
        pack.quality.write_text(json.dumps(document))
    return pack
