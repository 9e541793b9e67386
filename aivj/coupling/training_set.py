"""The rows that a net learns from, as plain arrays over a table of presets."""

import hashlib
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


class Source(IntEnum):
    """Where a row's label comes from."""

    ELITE = 0
    EVAL = 1
    NEGATIVE = 2


class EliteClass(IntEnum):
    """Which example an elite row makes."""

    NONE = -1
    NEGATIVE = 0
    POSITIVE = 1


@dataclass(frozen=True)
class TrainingSet:
    """N rows over P presets of F features each. Arrays are never written to.

    Rows point into the table of presets, so that features are held once however often a preset
    is paired.

    Attributes:
        feature_spec: Version of the feature vector.
        preset_features: [P, F] raw features.
        preset_hashes: Content hash of each preset, P of them, all different.
        fg_index: [N] row of the foreground in the table.
        bg_index: [N] row of the background.
        target: [N] how good the pair is, 0..1.
        weight: [N] weight in the loss.
        source: [N] `Source` codes.
        elite_class: [N] `EliteClass` codes; NONE for everything but elite rows.
        renderer_class: What drew the measured pairs: a class, classes joined by `+` where mixing
            was allowed, or None where nothing was measured or the rows do not say.
        notes: Sentences on what was left out or reduced while the set was built.
    """

    feature_spec: str
    preset_features: FloatArray
    preset_hashes: tuple[str, ...]
    fg_index: IntArray
    bg_index: IntArray
    target: FloatArray
    weight: FloatArray
    source: npt.NDArray[np.int8]
    elite_class: npt.NDArray[np.int8]
    renderer_class: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.target)

    @property
    def fg_features(self) -> FloatArray:
        """[N, F] features of each row's foreground, gathered anew at each call."""
        return self.preset_features[self.fg_index]

    @property
    def bg_features(self) -> FloatArray:
        """[N, F] features of each row's background, gathered anew at each call."""
        return self.preset_features[self.bg_index]

    def num_rows(self, source: Source) -> int:
        """Counts the rows of one source."""
        return int(np.count_nonzero(self.source == source))

    def dataset_digest(self) -> str:
        """Returns the SHA-256 of what is learned, whatever the order of rows and presets.

        Covers the feature version and, for each row, the content hashes of both presets, target,
        weight, source and class.
        """
        hashes = [name.encode() for name in self.preset_hashes]
        labels = zip(
            self.target.astype("<f4"),
            self.weight.astype("<f4"),
            self.source,
            self.elite_class,
            strict=True,
        )
        rows = sorted(
            b"|".join([hashes[fg], hashes[bg], *(value.tobytes() for value in label)])
            for fg, bg, label in zip(self.fg_index, self.bg_index, labels, strict=True)
        )
        digest = hashlib.sha256(self.feature_spec.encode())
        for row in rows:
            digest.update(len(row).to_bytes(4, "little"))
            digest.update(row)
        return digest.hexdigest()
