import re
import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.features import FEATURE_NAMES, FEATURE_SPEC, LARGEST_VALUE, feature_vector
from aivj.presets.milk import Milk, parse_milk
from aivj.storage import sha256_hex

LINES = st.sampled_from(
    [
        *("zoom=1.5", "zoom=-1e300", "fDecay=1e308", "nWaveMode=1e300", "warp=nan", "PSVERSION=-7"),
        *("MILKDROP_PRESET_VERSION=1e308", "wavecode_0_enabled=1", "wavecode_0_samples=1e308"),
        *("wavecode_1_enabled=1", "wavecode_1_samples=1e308", "shapecode_0_enabled=1"),
        *("per_frame_1=zoom=bass;", "warp_1=`/* open", "comp_1=`ret = GetBlur1(uv);"),
        *("per_frame_2=v=v*1e999+if(bass", "warp_2=`ret *= 1e999; ret /= .; ret -= 1..2;"),
        *("comp_2=`while(((", "shapecode_0_num_inst=1e308", "shape_0_per_frame1=x=q1*t1"),
    ]
)
PRESETS = st.lists(LINES).map("\n".join)


def test_the_spec_stands_for_these_features() -> None:
    """If this fails, the features changed: give FEATURE_SPEC a new version."""
    assert FEATURE_SPEC == "milk-v3/452"
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) == 452
    assert sha256_hex("\n".join(FEATURE_NAMES).encode())[:16] == "f893d2036007bb31"


@settings(deadline=None)
@given(st.binary() | PRESETS.map(str.encode))
def test_vectors_are_finite_whatever_the_preset(data: bytes) -> None:
    vector = feature_vector(parse_milk(data))
    assert vector.shape == (len(FEATURE_NAMES),)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()
    assert np.abs(vector).max() <= np.float32(np.log1p(LARGEST_VALUE))


@settings(deadline=None)
@given(PRESETS, st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_no_feature_knows_the_rating(text: str, one: float, other: float) -> None:
    rated = [parse_milk(f"{text}\nfRating={rating}".encode()) for rating in (one, other)]
    unrated = feature_vector(parse_milk(text.encode()))
    assert all(np.array_equal(feature_vector(milk), unrated) for milk in rated)


def test_values_are_compressed_with_their_sign() -> None:
    vector = feature_vector(parse_milk(b"rot=-0.5\nzoom=1e9"))
    assert vector[FEATURE_NAMES.index("base.rot")] == np.float32(-np.log1p(0.5))
    assert vector[FEATURE_NAMES.index("base.zoom")] == np.float32(np.log1p(LARGEST_VALUE))


def test_real_presets_have_varied_vectors_in_a_few_milliseconds(milks: dict[str, Milk]) -> None:
    start_s = time.process_time()
    matrix = np.stack([feature_vector(milk) for milk in milks.values()])
    cpu_s_per_preset = (time.process_time() - start_s) / len(milks)
    assert np.isfinite(matrix).all()
    constant = [
        name for name, std in zip(FEATURE_NAMES, matrix.std(axis=0), strict=True) if not std
    ]
    assert constant == ["tag.geometric"]  # its rule looks for keys that no real preset has
    assert cpu_s_per_preset < 0.005


def test_real_ratings_do_not_matter(corpus: dict[str, bytes]) -> None:
    for name, data in list(corpus.items())[::40]:
        unrated = re.sub(rb"(?mi)^fRating=.*$", b"", data)
        other = feature_vector(parse_milk(unrated))
        assert np.array_equal(feature_vector(parse_milk(data)), other), name
