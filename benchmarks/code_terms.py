"""Whether terms of presets' code tell their styles, and what terms cost.

The folder holds presets that people sorted into styles, and `labels.tsv` with the columns path,
style and author. A preset's style is told by the five presets of other authors whose code is most
alike (majority, the nearest among equals), beside the project's features, standardised. Seconds
are CPU seconds of one process; those of a library are what so many presets as it has would take.
"""

import argparse
import csv
import time
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from aivj.packs.term_space import TermSpace
from aivj.presets.code_terms import code_terms
from aivj.presets.features import feature_vector
from aivj.presets.milk import Milk, parse_milk
from benchmarks.screen import console

_NUM_NEIGHBOURS = 5
_LIBRARY_SIZE = 136_109
_NUM_DIRECTIONS = (20, 50, 100, 200)

Floats = NDArray[np.floating]
Names = NDArray[np.str_]


def share_told(likeness: Floats, styles: Names, authors: Names) -> float:
    """Returns the share of N presets whose style their neighbours by other authors tell.

    Args:
        likeness: [N, N], larger for what is more alike.
        styles: [N] style of each.
        authors: [N] author of each.
    """
    num_right = 0
    for row, style, author in zip(likeness, styles, authors, strict=True):
        others = np.where(authors == author, -np.inf, row)
        nearest = styles[np.argsort(-others, kind="stable")[:_NUM_NEIGHBOURS]].tolist()
        votes = Counter(nearest)
        num_right += max(nearest, key=votes.__getitem__) == style
    return num_right / len(styles)


def standardised_features(milks: list[Milk]) -> Floats:
    """Returns the project's features at mean 0 and deviation 1, rows of unit length."""
    values = np.stack([feature_vector(milk) for milk in milks]).astype(np.float64)
    std = values.std(axis=0)
    standard = (values - values.mean(axis=0)) / np.where(std > 0, std, 1)
    return np.asarray(standard / np.linalg.norm(standard, axis=1, keepdims=True))


def main() -> None:
    """Prints how well each representation tells styles, and what each step costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="presets and labels.tsv")
    folder: Path = parser.parse_args().folder
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    styles, authors = (np.array([row[name] for row in rows]) for name in ("style", "author"))
    milks = [parse_milk((folder / row["path"]).read_bytes()) for row in rows]

    laps = [time.process_time()]
    presets = [code_terms(milk) for milk in milks]
    laps.append(time.process_time())
    spaces = {num: TermSpace.fit(presets, num_directions=num) for num in _NUM_DIRECTIONS[1:2]}
    laps.append(time.process_time())
    space = next(iter(spaces.values()))
    space.describe(presets)
    laps.append(time.process_time())
    spaces |= {
        num: TermSpace.fit(presets, num_directions=num)
        for num in _NUM_DIRECTIONS
        if num not in spaces
    }

    features, weighed = standardised_features(milks), space.weigh(presets)
    table = Table("representation", "5-NN, authors apart", title=f"{len(rows)} presets")
    table.add_row("features", f"{share_told(features @ features.T, styles, authors):.3f}")
    likeness = (weighed @ weighed.T).toarray()
    table.add_row(
        f"TF-IDF, {len(space.terms):,} terms", f"{share_told(likeness, styles, authors):.3f}"
    )
    for num, each in sorted(spaces.items()):
        places = each.describe(presets)
        table.add_row(
            f"{num} directions of it", f"{share_told(places @ places.T, styles, authors):.3f}"
        )
    console.print(table)

    costs = Table("step", "CPU ms a preset", f"CPU s for {_LIBRARY_SIZE:,}")
    names = ("terms", "fitting a space", "describing")
    for name, seconds in zip(names, np.diff(laps).tolist(), strict=True):
        each_ms = 1000 * seconds / len(rows)
        costs.add_row(name, f"{each_ms:.2f}", f"{each_ms * _LIBRARY_SIZE / 1000:.0f}")
    console.print(costs)


if __name__ == "__main__":
    main()
