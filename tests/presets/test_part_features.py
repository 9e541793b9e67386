from aivj.presets.milk import parse_milk
from aivj.presets.part_features import part_features


def features_of(*lines: str) -> dict[str, float]:
    return part_features(parse_milk("\n".join(lines).encode()))


def test_only_what_is_drawn_counts() -> None:
    features = features_of(
        "shapecode_0_enabled=1",
        "shapecode_0_sides=10",
        "shapecode_0_textured=1",
        "shapecode_1_enabled=1",
        "shapecode_1_num_inst=7",
        "shapecode_2_enabled=0",
        "shapecode_2_sides=100",
        "wavecode_0_enabled=0",
        "wavecode_0_samples=32",
    )
    assert features["shapes.num_enabled"] == 2
    assert features["shapes.num_textured"] == 1
    assert features["shapes.mean_sides"] == 7
    assert features["shapes.num_drawn"] == 8
    assert features["waves.num_enabled"] == features["waves.mean_samples"] == 0


def test_waves_are_described() -> None:
    features = features_of(
        "wavecode_0_enabled=1",
        "wavecode_0_badditive=1",
        "wavecode_0_samples=100",
        "wavecode_0_r=0.5",
        "wave_0_per_point1=x = sample;",
        "wavecode_3_enabled=1",
        "wavecode_3_bdrawthick=1",
    )
    assert features["waves.num_badditive"] == features["waves.num_bdrawthick"] == 1
    assert features["waves.num_per_point"] == 1
    assert features["waves.num_per_frame"] == 0
    assert features["waves.mean_samples"] == (100 + 512) / 2
    assert features["waves.mean_r"] == 0.75


def test_a_preset_without_parts_has_zeros() -> None:
    assert set(features_of().values()) == {0}
