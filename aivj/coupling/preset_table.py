"""Presets by content, each read and turned into features once."""

from pathlib import Path

import numpy as np

from aivj.coupling.training_set import FloatArray
from aivj.presets.digest import hash_milk
from aivj.presets.features import FEATURE_NAMES, feature_vector
from aivj.presets.milk import parse_milk


class PresetTable:
    """A growing table of preset features; the same content is one row, whatever its files."""

    def __init__(self) -> None:
        self._row_of_path: dict[Path, int | None] = {}
        self._row_of_hash: dict[str, int] = {}
        self._features: list[FloatArray] = []

    def add(self, path: Path) -> int | None:
        """Returns the row of the preset at `path`, or None when the file cannot be read."""
        if path not in self._row_of_path:
            self._row_of_path[path] = self._read(path)
        return self._row_of_path[path]

    def _read(self, path: Path) -> int | None:
        try:
            data = path.read_bytes()
        except OSError:
            return None
        milk = parse_milk(data)
        digest = hash_milk(milk)
        if digest not in self._row_of_hash:
            self._row_of_hash[digest] = len(self._features)
            self._features.append(feature_vector(milk))
        return self._row_of_hash[digest]

    @property
    def hashes(self) -> tuple[str, ...]:
        """Content hash of each row."""
        return tuple(self._row_of_hash)

    @property
    def features(self) -> FloatArray:
        """[P, F] features of all rows so far."""
        if not self._features:
            return np.zeros((0, len(FEATURE_NAMES)), dtype=np.float32)
        return np.stack(self._features).astype(np.float32, copy=False)
