"""One preset as a vector of numbers, for models that learn from the text of presets.

Every feature is read from what the preset says: its numbers, and counts over its equations and
shaders. The rating, the file name and all else that labels may be made of are left out.
`FEATURE_SPEC` stands for the features, their order and their meaning; checkpoints carry it, and
any change to them needs a new version in it.
"""

import numpy as np
from numpy.typing import NDArray

from aivj.presets.base_features import base_features
from aivj.presets.equation_features import equation_features
from aivj.presets.flow_features import flow_features
from aivj.presets.milk import Milk, parse_milk
from aivj.presets.part_features import part_features
from aivj.presets.program import read_program
from aivj.presets.shader_features import shader_features
from aivj.presets.tags import tag_features
from aivj.presets.token_features import token_features

LARGEST_VALUE = 1e6


def features(milk: Milk) -> dict[str, float]:
    """Returns the features of a preset by name, before they are compressed."""
    program = read_program(milk)
    return {
        **base_features(milk),
        **part_features(milk),
        **tag_features(milk),
        **equation_features(program),
        **flow_features(program),
        **token_features(program),
        **shader_features(program),
    }


FEATURE_NAMES: tuple[str, ...] = tuple(features(parse_milk(b"")))
FEATURE_SPEC = f"milk-v3/{len(FEATURE_NAMES)}"


def feature_vector(milk: Milk) -> NDArray[np.float32]:
    """Describes a preset by finite numbers, one for each of `FEATURE_NAMES`.

    Each value x is brought to a range that nets can take by
    `sign(x) * log(1 + min(|x|, LARGEST_VALUE))`.

    Returns:
        Array of shape [num_features], within +-13.9.
    """
    values = np.fromiter(features(milk).values(), dtype=np.float64)
    magnitudes = np.log1p(np.minimum(np.abs(values), LARGEST_VALUE))
    return np.asarray(np.sign(values) * magnitudes, dtype=np.float32)
