import pytest

from aivj.presets.milk import Milk, parse_milk
from aivj.presets.shader_features import shader_features


def features_of(*lines: str) -> dict[str, float]:
    return shader_features(parse_milk("\n".join(lines).encode()))


@pytest.mark.parametrize(
    ("line", "feature", "value"),
    [
        ("warp_1=`ret = tex2D(sampler_fw_main, uv) + GetPixel(uv);", "warp.main", 2),
        ("warp_1=`ret = tex2D(sampler_fw_main, uv) + GetPixel(uv);", "warp.tex2d", 1),
        ("comp_1=`ret = GetBlur1(uv) + tex2D(sampler_blur1, uv);", "comp.blur1", 2),
        ("comp_1=`ret = GetBlur3(uv);", "comp.blur3", 1),
        ("comp_1=`ret = GetBlur3(uv);", "warp.blur3", 0),
        ("warp_1=`ret = tex2D(sampler_noise_lq, uv);", "shaders.num_noises", 1),
        ("warp_1=`ret = tex3D(sampler_fw_noisevol_hq, uv);", "shaders.num_noises", 1),
        ("warp_1=`ret = tex2D(sampler_noise_lq, uv);", "shaders.num_textures", 0),
        (
            "warp_1=`sampler sampler_cells; ret = tex2D(sampler_fc_cells, uv);",
            "shaders.num_textures",
            1,
        ),
        ("comp_1=`ret = tex2D(sampler_main, uv)*q7*_qa.x;", "shaders.num_registers_read", 2),
        ("comp_1=`ret *= bass + treb_att;", "shaders.reads.treb", 1),
        ("comp_1=`for (int i = 0; i < 4; i++) ret = lerp(ret, 1, .5);", "shaders.branch", 1),
        ("comp_1=`for (int i = 0; i < 4; i++) ret = lerp(ret, 1, .5);", "shaders.mix", 1),
    ],
)
def test_what_a_line_adds(line: str, feature: str, value: float) -> None:
    assert features_of(line)[feature] == value


def test_a_preset_without_shaders_has_zeros() -> None:
    assert set(features_of("per_frame_1=x = bass;").values()) == {0}


def test_real_shaders_read_the_last_frame(milks: dict[str, Milk]) -> None:
    with_shader = [milk for milk in milks.values() if milk.comp_shader]
    reading = [milk for milk in with_shader if shader_features(milk)["comp.main"] > 0]
    assert len(reading) > 0.9 * len(with_shader)
