import pytest

from aivj.presets.base_features import BASE_DEFAULTS, base_features, base_value
from aivj.presets.milk import Milk, parse_milk


def test_a_silent_preset_has_milkdrops_defaults() -> None:
    features = base_features(parse_milk(b""))
    assert {name: features[f"base.{name}"] for name in BASE_DEFAULTS} == dict(BASE_DEFAULTS)
    assert features["base.nWaveMode.0"] == 1.0


@pytest.mark.parametrize("name", list(BASE_DEFAULTS))
def test_each_base_value_is_read(name: str) -> None:
    milk = parse_milk(f"{name}=0.1234".encode())
    assert base_value(milk, name) == base_features(milk)[f"base.{name}"] == 0.1234


@pytest.mark.parametrize(("text", "mode"), [("3", 3), ("11", 3), ("-1", 7), ("x", 0)])
def test_one_wave_mode_is_flagged(text: str, mode: int) -> None:
    features = base_features(parse_milk(f"nWaveMode={text}".encode()))
    flags = [features[f"base.nWaveMode.{number}"] for number in range(8)]
    assert flags == [float(number == mode) for number in range(8)]


@pytest.mark.parametrize(
    ("text", "alpha"), [("", 0.0), ("bMotionVectorsOn=1", 1.0), ("bMotionVectorsOn=1\nmv_a=0", 0.0)]
)
def test_old_presets_switch_motion_vectors_on(text: str, alpha: float) -> None:
    assert base_features(parse_milk(text.encode()))["base.mv_a"] == alpha


def test_real_presets_name_the_base_values(milks: dict[str, Milk]) -> None:
    for name in BASE_DEFAULTS:
        num_present = sum(name.lower() in milk.values for milk in milks.values())
        assert num_present > 0.7 * len(milks), name
