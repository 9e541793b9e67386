"""How well spaces tell the styles that people sorted presets into, each source alone and together.

The folder holds presets and `labels.tsv` with the columns path, style and author. Neighbours (the
majority of five) and folds (five) are of other authors. Pictures come as embeddings, of
`aivj frames --source-root FOLDER --out-dir E` and `aivj embed --index E/frames-index.jsonl`.
"""

import argparse
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from aivj.contracts.embeddings import EmbeddingFiles, read_embeddings
from aivj.packs.families import NamedPreset, family_of
from aivj.packs.term_library import NUM_DIRECTIONS
from aivj.packs.term_space import TermSpace
from aivj.packs.term_table import TermTable
from aivj.presets.code_terms import code_terms
from aivj.presets.milk import Milk, parse_milk
from aivj.styles.held_out import NUM_TRIES
from aivj.styles.pictures import PICTURE_SHARE
from aivj.styles.planes import Planes
from aivj.styles.taught import FEATURE_SHARE
from benchmarks.code_terms import standardised_features
from benchmarks.screen import console

_NUM_NEIGHBOURS = 5
_SEEDS = range(5)
_MOST_CLUSTERED = 4_000
"""Numbers of a preset; k-means of more takes minutes."""

_PROBE_STRENGTH = 10.0

Floats = NDArray[np.float64]
Names = NDArray[Any]
Blocks = Any
"""What is known of presets, [N, D], dense or sparse."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Presets with the styles that people gave them, and who made them."""

    paths: list[str]
    milks: list[Milk]
    styles: Names
    authors: Names
    families: Names

    def folds(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Returns five folds of authors."""
        from sklearn.model_selection import GroupKFold

        splitter = GroupKFold(5, shuffle=True, random_state=0)
        return list(splitter.split(self.styles, groups=self.authors))


def read_labelled(folder: Path) -> Labelled:
    """Reads presets and what `labels.tsv` says of them."""
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    milks = [parse_milk((folder / row["path"]).read_bytes()) for row in rows]
    named = (NamedPreset(row["path"], milk) for row, milk in zip(rows, milks, strict=True))
    return Labelled(
        [row["path"] for row in rows],
        milks,
        np.array([row["style"] for row in rows]),
        np.array([row["author"] for row in rows]),
        family_of(named),
    )


def share_told(likeness: Floats, known: Labelled, apart: Names) -> float:
    """Returns how often the five most alike of other groups have a preset's style."""
    num_right = 0
    for place, row in enumerate(likeness):
        others = np.where(apart == apart[place], -np.inf, row)
        nearest = known.styles[np.argsort(-others, kind="stable")[:_NUM_NEIGHBOURS]].tolist()
        votes = Counter(nearest)
        num_right += max(nearest, key=votes.__getitem__) == known.styles[place]
    return num_right / len(likeness)


def probe(values: Any, known: Labelled) -> float:
    """Returns how often logistic regression tells the style of held-out authors' presets."""
    from sklearn.linear_model import LogisticRegression

    told = np.empty(len(known.styles), known.styles.dtype)
    for train, test in known.folds():
        model = LogisticRegression(C=_PROBE_STRENGTH, max_iter=200, tol=1e-3)
        told[test] = model.fit(values[train], known.styles[train]).predict(values[test])
    return float((told == known.styles).mean())


def mutual_information(values: Floats, known: Labelled) -> float:
    """Returns the NMI of styles and of as many clusters, mean over seeds."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import normalized_mutual_info_score

    num = len(set(known.styles.tolist()))
    found = [KMeans(num, n_init=4, random_state=seed).fit_predict(values) for seed in _SEEDS]
    return float(np.mean([normalized_mutual_info_score(known.styles, each) for each in found]))


def taught(blocks: Blocks, known: Labelled) -> tuple[float, float]:
    """Returns how often a machine for each style is right of held-out authors: first, top 3."""
    names = np.unique(known.styles)
    is_of = known.styles[:, None] == names
    first: list[bool] = []
    three: list[bool] = []
    for train, test in known.folds():
        margins = Planes.fit(blocks[train], is_of[train]).margins(blocks[test])
        best = names[np.argsort(-margins, axis=1, kind="stable")[:, :NUM_TRIES]]
        first += (best[:, 0] == known.styles[test]).tolist()
        three += (best == known.styles[test][:, None]).any(axis=1).tolist()
    return float(np.mean(first)), float(np.mean(three))


def side_by_side(*blocks: Any) -> Any:
    """Returns what is known of presets from several sources, sparse."""
    from scipy import sparse

    made: Any = sparse  # scipy is not typed
    return made.hstack([made.csr_matrix(block) for block in blocks]).tocsr()


def pictures_of(paths: list[str], folder: Path) -> Floats:
    """Returns embeddings less their mean, rows of unit length; 0 for presets without any."""
    embeddings = read_embeddings(EmbeddingFiles(folder))
    row_of = {name: row for row, name in enumerate(embeddings.ids)}
    centred = embeddings.vectors - embeddings.vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    found = np.zeros((len(paths), centred.shape[1]))
    for place, path in enumerate(paths):
        if path in row_of:
            found[place] = centred[row_of[path]]
    return found


def main() -> None:
    """Prints what each source tells, untaught and taught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="presets and labels.tsv")
    parser.add_argument("--embeddings", type=Path, help="of its pictures, by `aivj embed`")
    options = parser.parse_args()
    known = read_labelled(options.folder)
    terms = TermTable.of(map(code_terms, known.milks))
    space = TermSpace.fit(terms, num_directions=NUM_DIRECTIONS, max_fitted=len(terms))
    weighed, features = space.weigh(terms), standardised_features(known.milks)
    places = space.describe(terms).astype(np.float64)
    sources: dict[str, Any] = {
        "text features": features,
        f"TF-IDF, {len(space.terms):,} terms": weighed,
        f"{NUM_DIRECTIONS} directions of it": places,
        f"TF-IDF, features at {FEATURE_SHARE}": side_by_side(weighed, FEATURE_SHARE * features),
    }
    if options.embeddings is not None:
        pictures = pictures_of(known.paths, options.embeddings)
        near = PICTURE_SHARE * pictures
        sources |= {
            "pictures": pictures,
            f"TF-IDF, pictures at {PICTURE_SHARE}": side_by_side(weighed, near),
            f"directions, pictures at {PICTURE_SHARE}": np.concatenate([places, near], axis=1),
            "TF-IDF, features, pictures": side_by_side(weighed, FEATURE_SHARE * features, near),
        }
    table = Table(
        *("source", "5-NN", "families apart", "probe", "NMI", "taught", "top three"),
        title=f"{len(known.milks)} presets, {len(set(known.authors))} authors, apart",
    )
    sizes = Counter(known.styles.tolist())
    most = max(sizes.values()) / len(known.milks)
    table.add_row("the most frequent style", f"{most:.3f}")
    for name, blocks in sources.items():
        dense = blocks.toarray() if hasattr(blocks, "toarray") else blocks
        unit = dense / np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
        likeness = unit @ unit.T
        first, three = taught(blocks, known)
        is_small = dense.shape[1] <= _MOST_CLUSTERED
        table.add_row(
            name,
            f"{share_told(likeness, known, known.authors):.3f}",
            f"{share_told(likeness, known, known.families):.3f}",
            f"{probe(blocks, known):.3f}",
            f"{mutual_information(dense, known):.3f}" if is_small else "",
            f"{first:.3f}",
            f"{three:.3f}",
        )
    console.print(table)


if __name__ == "__main__":
    main()
