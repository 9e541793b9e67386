"""Preset files as rows of a table of features; the same content is one row, whatever its files."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aivj.packs.extra_features import ExtraFeatures, with_extra_features
from aivj.packs.feature_store import FeatureStore
from aivj.packs.feature_table import FeatureTable
from aivj.packs.term_space import TermSpace
from aivj.presets.code_terms import code_terms
from aivj.presets.milk import parse_milk

MISSING = -1

Progress = Callable[[int, int], None]
SpaceOf = Callable[[Sequence[Counter[str]]], TermSpace]
"""Gives the space that presets are described in, from the terms of all: fits one, or has one."""


@dataclass(frozen=True)
class PresetRows:
    """Where each file stands in the table.

    Attributes:
        table: Features by content; those beside the text's are NaN where a preset has none.
        blocks: How many features there are of the text and, behind them, of the terms of code and
            of other sources.
        row_of: Row of each file that was asked for; `MISSING` where it cannot be read.
        notes: What a person should be told of the features' store.
        term_space: The space that the terms of code are described in; None if they are not.
    """

    table: FeatureTable
    blocks: tuple[int, ...]
    row_of: dict[Path, int]
    notes: tuple[str, ...] = ()
    term_space: TermSpace | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The first file of each row."""
        first: dict[int, Path] = {}
        for path, row in self.row_of.items():
            if row != MISSING:
                first.setdefault(row, path)
        return tuple(first[row] for row in range(len(self.table.hashes)))


def read_presets(
    store: FeatureStore,
    paths: Iterable[Path],
    *,
    extra: ExtraFeatures | None = None,
    space_of: SpaceOf | None = None,
    progress: Progress | None = None,
) -> PresetRows:
    """Looks presets up, and extracts what nobody has extracted yet.

    Args:
        store: Where features of texts are kept.
        paths: The presets' files.
        extra: Features from elsewhere, to stand behind those of the text.
        space_of: Gives the space of the terms of code, if they are described too.
        progress: Told how many files of how many are done.

    Raises:
        StorageError: New features could not be kept.
    """
    asked = list(dict.fromkeys(paths))
    found = store.features_of(asked, progress)
    rows = {
        path: MISSING if name is None else found.table.row_of[name]
        for path, name in zip(asked, found.hashes, strict=True)
    }
    table, space = found.table, None
    widths = [len(table.names)]
    if space_of is not None:
        files = PresetRows(table, (), rows).files
        terms = [code_terms(parse_milk(file.read_bytes())) for file in files]
        # By content: which file was read first decides nothing.
        space = space_of([terms[row] for row in np.argsort(table.hashes)])
        table = _with_terms(table, space, terms)
        widths.append(space.num_directions)
    if extra is not None:
        widths.append(len(extra.names) + 1)
        table = with_extra_features(table, extra)
    return PresetRows(table, tuple(filter(None, widths)), rows, found.notes, space)


def _with_terms(
    table: FeatureTable, space: TermSpace, terms: Sequence[Counter[str]]
) -> FeatureTable:
    """Returns the table with more columns: where each preset lies in the space."""
    names = (f"terms.{number}" for number in range(space.num_directions))
    return FeatureTable(
        spec=f"{table.spec}+{space.spec}",
        names=(*table.names, *names),
        hashes=table.hashes,
        values=np.concatenate([table.values, space.describe(terms)], axis=1),
    )
