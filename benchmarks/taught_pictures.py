"""Whether pictures beside the text tell taught styles better, compared preset by preset.

Folder and embeddings are those of `benchmarks.styles`. Each source is taught as `aivj styles teach`
does it and asked about authors that were held out, five folds at a time, dealt anew several times.
Differences from the text alone are of the same presets in the same folds; their 95 % interval is
a bootstrap over authors. What all pictures have in common is taken off with the held-out ones.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from aivj.packs.term_table import TermTable
from aivj.presets.code_terms import code_terms
from aivj.presets.features import feature_vector
from aivj.statistics import interval95, resamples
from aivj.styles.taught import STRENGTH, StyleModel
from benchmarks.screen import console
from benchmarks.styles import pictures_of, read_labelled, side_by_side

_NUM_FOLDS = 5
_NUM_TRIES = 3

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Source:
    """What a model is told.

    Attributes:
        text: Whether the terms and features are part of it.
        pictures: Length of the pictures' part; that of the terms is 1.
        balanced: Whether small styles count as much as large ones.
    """

    text: bool
    pictures: float
    balanced: bool = False

    def __str__(self) -> str:
        parts = ["text"] if self.text else []
        if self.pictures:
            parts.append(f"pictures at {self.pictures}" if self.text else "pictures")
        return " + ".join(parts) + (", balanced" if self.balanced else "")


TEXT = Source(text=True, pictures=0)
SOURCES = [
    Source(text, pictures, balanced)
    for balanced in (False, True)
    for text, pictures in ((True, 0), (False, 1), (True, 0.25), (True, 0.5), (True, 0.75))
]


@dataclass(frozen=True, eq=False)
class Sorted:
    """Presets with styles: [N, S] flags, terms, features, pictures [N, D], an author's number."""

    is_of: Flags
    terms: TermTable
    features: NDArray[np.float32]
    pictures: Floats
    authors: NDArray[np.int64]


def margins(known: Sorted, seed: int) -> dict[Source, Floats]:
    """Returns by source how far held-out presets are on the side of each style, [N, S]."""
    from sklearn.model_selection import GroupKFold
    from sklearn.svm import LinearSVC

    found = {source: np.zeros(known.is_of.shape) for source in SOURCES}
    folds = GroupKFold(_NUM_FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(known.authors, groups=known.authors):
        terms, features = known.terms.rows(train), known.features[train]
        told = StyleModel.fit(terms, features, known.is_of[train][:, :0])
        learned = told.inputs(terms, features)
        asked = told.inputs(known.terms.rows(test), known.features[test])
        for source in SOURCES:
            inputs = _blocks(source, learned, known.pictures[train])
            others = _blocks(source, asked, known.pictures[test])
            weight = "balanced" if source.balanced else None
            for style, is_style in enumerate(known.is_of[train].T):
                plane = LinearSVC(C=STRENGTH, random_state=0, class_weight=weight)
                plane.fit(inputs, is_style)
                found[source][test, style] = plane.decision_function(others)
    return found


def are_right(found: Floats, is_of: Flags, num_tries: int) -> Floats:
    """Returns which presets have one of the likeliest styles, [N] of 0 and 1."""
    best = np.argsort(-found, axis=1, kind="stable")[:, :num_tries]
    right = np.take_along_axis(is_of, best, axis=1).any(axis=1)
    return np.asarray(right, np.float64)


def difference(values: Floats, authors: NDArray[np.int64]) -> str:
    """Returns the mean of presets' values with its interval over authors."""
    sums, sizes = np.bincount(authors, values), np.bincount(authors)
    drawn = resamples(len(sizes), seed=0)
    low, high = interval95(np.concatenate([(sums @ each) / (sizes @ each) for each in drawn]))
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def main() -> None:
    """Prints what each source tells, and how much more than the text alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="presets and labels.tsv")
    parser.add_argument("--embeddings", type=Path, required=True, help="by `aivj embed`")
    parser.add_argument("--deals", type=int, default=3, help="how often folds are dealt")
    options = parser.parse_args()
    labelled = read_labelled(options.folder)
    known = Sorted(
        labelled.styles[:, None] == np.unique(labelled.styles),
        TermTable.of(map(code_terms, labelled.milks)),
        np.stack([feature_vector(milk) for milk in labelled.milks]),
        pictures_of(labelled.paths, options.embeddings),
        np.unique(labelled.authors, return_inverse=True)[1].astype(np.int64),
    )
    deals = [margins(known, seed) for seed in range(options.deals)]
    table = Table("source", "first", "beside text", "top three", "beside text")
    for source in SOURCES:
        cells = []
        for num_tries in (1, _NUM_TRIES):
            right, base = (
                np.mean([are_right(deal[each], known.is_of, num_tries) for deal in deals], axis=0)
                for each in (source, TEXT)
            )
            cells += [f"{right.mean():.3f}", difference(right - base, known.authors)]
        table.add_row(str(source), *cells)
    console.print(table)


def _blocks(source: Source, text: Any, pictures: Floats) -> Any:
    parts = [text] if source.text else []
    if source.pictures:
        parts.append(source.pictures * pictures)
    return side_by_side(*parts)


if __name__ == "__main__":
    main()
