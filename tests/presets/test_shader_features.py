import math

import pytest

from aivj.presets.milk import Milk
from aivj.presets.program import read_program
from aivj.presets.shader_features import shader_features

LOOPS = ("shaders.lookups_in_loops",)


@pytest.mark.parametrize(
    ("line", "feature", "value"),
    [
        ("warp_1=`ret = tex2D(sampler_fw_main, uv) + GetPixel(uv);", "warp.main", 2),
        ("comp_1=`ret = GetBlur1(uv) + tex2D(sampler_blur1, uv);", "comp.blur1", 2),
        ("comp_1=`ret = GetBlur3(uv);", "comp.blur3", 1),
        ("comp_1=`ret = GetBlur3(uv);", "warp.blur3", 0),
        ("warp_1=`ret = tex2D(sampler_noise_lq, uv);", "shaders.samplers.num_noises", 1),
        ("warp_1=`ret = tex3D(sampler_fw_noisevol_hq, uv);", "shaders.samplers.num_noises", 1),
        ("warp_1=`ret = tex2D(sampler_noise_lq, uv);", "shaders.samplers.num_textures", 0),
        (
            "warp_1=`sampler sampler_cells; ret = tex2D(sampler_fc_cells, uv);",
            "shaders.samplers.num_textures",
            1,
        ),
        ("comp_1=`ret = tex2D(sampler_main, uv)*q7*_qa.x;", "shaders.num_registers_read", 2),
        ("comp_1=`ret *= bass + treb_att;", "shaders.reads.treb", 1),
        ("comp_1=`for (int i = 0; i < 4; i++) ret = lerp(ret, 1, .5);", "shaders.calls.branch", 1),
        ("comp_1=`for (int i = 0; i < 4; i++) ret = lerp(ret, 1, .5);", "shaders.calls.mix", 1),
        ("warp_1=`ret = tex2D(sampler_pc_main, uv) + GetBlur1(uv);", "warp.lookups", 2),
        ("warp_1=`ret = tex2D(sampler_pc_main, uv);", "shaders.samplers.num_point", 1),
        ("warp_1=`ret = tex2D(sampler_fc_main, uv);", "shaders.samplers.num_clamped", 1),
        ("warp_1=`ret = tex2D(sampler_main, uv);", "shaders.samplers.num_clamped", 0),
        ("warp_1=`ret = tex3D(sampler_noisevol_hq, uv);", "shaders.samplers.num_noise_volumes", 1),
        ("comp_1=`ret = tex2D(sampler_main, uv_orig + ang*texsize.zw);", "comp.reads.uv_orig", 1),
        ("comp_1=`ret = tex2D(sampler_main, uv_orig + ang*texsize.zw);", "comp.reads.texsize", 1),
        ("comp_1=`ret *= rand_preset.x*slow_roam_cos.y;", "shaders.reads.chance", 1),
        ("comp_1=`ret *= rand_preset.x*slow_roam_cos.y;", "shaders.reads.roam", 1),
        ("warp_1=`ret *= 0.5; ret *= 0.5; ret -= 0.004; ret += q1;", "warp.ret_offset", -0.004),
        ("warp_1=`ret *= 0.5; ret /= 2;", "warp.ret_scale", -2 * math.log(2)),
        ("warp_1=`ret *= 0;", "warp.ret_scale", 0),
        ("comp_1=`for (i=0;i<(3);i++) {if (a) {x;} y = GetPixel(u);} z = GetPixel(u);", *LOOPS, 1),
        ("comp_1=`while (a) y = GetPixel(u); z = GetPixel(u);", *LOOPS, 1),
        ("comp_1=`for (;;) {while (a) {GetPixel(u);} GetBlur1(u);} tex2D(s, u);", *LOOPS, 2),
        ("comp_1=`for (GetPixel(u)", *LOOPS, 0),
        ("comp_1=`while (1) {GetPixel(u)", *LOOPS, 1),
    ],
)
def test_what_a_line_adds(program_of, line: str, feature: str, value: float) -> None:
    assert math.isclose(shader_features(program_of(line))[feature], value)


def test_a_preset_without_shaders_has_zeros(program_of) -> None:
    assert set(shader_features(program_of("per_frame_1=x = bass;")).values()) == {0}


def test_real_shaders_read_the_last_frame(milks: dict[str, Milk]) -> None:
    with_shader = [milk for milk in milks.values() if milk.comp_shader]
    reading = [milk for milk in with_shader if shader_features(read_program(milk))["comp.main"] > 0]
    assert len(reading) > 0.9 * len(with_shader)
