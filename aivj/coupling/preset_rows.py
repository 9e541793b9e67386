"""Preset files as rows of a table of features; the same content is one row, whatever its files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from aivj.packs.extra_features import ExtraFeatures, with_extra_features
from aivj.packs.feature_store import FeatureStore
from aivj.packs.feature_table import FeatureTable

MISSING = -1

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PresetRows:
    """Where each file stands in the table.

    Attributes:
        table: Features by content; those beside the text's are NaN where a preset has none.
        blocks: How many features there are of the text and, behind them, of other sources.
        row_of: Row of each file that was asked for; `MISSING` where it cannot be read.
        notes: What a person should be told of the features' store.
    """

    table: FeatureTable
    blocks: tuple[int, ...]
    row_of: dict[Path, int]
    notes: tuple[str, ...] = ()

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
    progress: Progress | None = None,
) -> PresetRows:
    """Looks presets up, and extracts what nobody has extracted yet.

    Args:
        store: Where features of texts are kept.
        paths: The presets' files.
        extra: Features from elsewhere, to stand behind those of the text.
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
    table = found.table if extra is None else with_extra_features(found.table, extra)
    widths = (len(found.table.names), len(table.names) - len(found.table.names))
    return PresetRows(table, tuple(filter(None, widths)), rows, found.notes)
