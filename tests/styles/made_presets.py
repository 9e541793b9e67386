"""Presets of made styles, by made authors."""

import json

import numpy as np

from aivj.contracts.embeddings import (
    EmbeddingFiles,
    Embeddings,
    EmbeddingsMeta,
    Encoder,
    write_embeddings,
)

ENCODER = Encoder(kind="k", model="m", pretrained="p", weights="0" * 64, image_size=8)

STYLES = {
    "Waves": ["sin(time)", "wave_x", "wave_y", "cos(time)", "bass"],
    "Tunnels": ["zoom", "rad", "rot", "ang", "sqrt(rad)"],
    "Sparks": ["rand(10)", "above(bass,1)", "floor(time)", "treb", "if(mid,1,0)"],
}


def preset(style, seed):
    """The text of a preset whose equations are a style's."""
    rng = np.random.default_rng(seed)
    words = rng.choice(STYLES[style], 6)
    lines = [f"per_frame_{n}=q{n} = {word};" for n, word in enumerate(words, start=1)]
    return "\n".join([f"zoom={1 + seed / 1000}", *lines]) + "\n"


def write_sorted(folder, *, num_each=12, num_authors=6, styles=tuple(STYLES)):
    """A sorted folder: a sub-folder a style, authors in turn."""
    for number, style in enumerate(styles):
        below = folder / style
        below.mkdir(parents=True)
        for each in range(num_each):
            name = f"Author{'abcdefghijkl'[each % num_authors]} - {style} {each}.milk"
            (below / name).write_text(preset(style, 1000 * number + each))
    return folder


def write_library(packs_root, *, num_each=8, name="lib"):
    """A library pack with its manifest; ids tell the style."""
    folder = packs_root / "presets" / name
    folder.mkdir(parents=True)
    entries = []
    for number, style in enumerate(STYLES):
        for each in range(num_each):
            file = f"{style}-{each}.milk"
            (folder / file).write_text(preset(style, 5000 * (number + 1) + each))
            label = f"Author - {style} {each}.milk"
            entry = {"id": f"{name}-{style}-{each}", "label": label, "relPath": f"{name}/{file}"}
            entry |= {"url": f"/presets/{name}/{file}", "pack": name, "fileName": file}
            entries.append({**entry, "fileSize": (folder / file).stat().st_size})
    document = {
        "version": "v0",
        "generatedAt": "2026-03-01T09:00:00.000Z",
        "sourceRoot": "made",
        "totalFilesScanned": len(entries),
        "totalPresetsIncluded": len(entries),
        "presets": entries,
    }
    path = folder / "library-manifest.json"
    path.write_text(json.dumps(document))
    return path


def write_pictures(folder, style_of, *, encoder=ENCODER, seed=0, spread=0.1):
    """Embeddings of presets that show their style: `style_of` tells it by id, in their order."""
    vectors = np.array([np.eye(3, 8)[list(STYLES).index(each)] for each in style_of.values()])
    vectors += np.random.default_rng(seed).normal(0, spread, vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return write_vectors(folder, tuple(style_of), vectors.astype(np.float32), encoder=encoder)


def write_vectors(folder, names, vectors, *, encoder=ENCODER):
    """Embeddings of an encoder that nobody has."""
    folder.mkdir(parents=True, exist_ok=True)
    meta = EmbeddingsMeta(
        generated_at="2026-03-01T09:00:00.000Z",
        encoder=encoder,
        dims=vectors.shape[1],
        count=len(names),
        precision="fp32",
        max_frames_per_preset=3,
    )
    files = EmbeddingFiles(folder)
    write_embeddings(files, Embeddings(names, vectors, meta))
    return files
