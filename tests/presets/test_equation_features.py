import pytest

from aivj.presets.equation_features import equation_features
from aivj.presets.milk import parse_milk


def features_of(*lines: str) -> dict[str, float]:
    return equation_features(parse_milk("\n".join(lines).encode()))


def test_an_empty_preset_computes_nothing() -> None:
    assert set(equation_features(parse_milk(b"")).values()) == {0}


@pytest.mark.parametrize(
    ("line", "feature", "value"),
    [
        ("per_frame_1=zoom = 1 + bass_att*bass;", "per_frame.reads.bass", 2),
        ("per_frame_1=zoom = 1 + bass_att*bass;", "per_frame.reads.smoothed", 1),
        ("per_frame_1=zoom = 1; zoom = 2;", "per_frame.writes.zoom", 1),
        ("per_frame_1=ob_r = 1;", "per_frame.writes.outer_border", 1),
        ("per_frame_1=q1 = 1; q12 = 2; q1 = 3;", "per_frame.num_registers_written", 2),
        ("per_frame_init_1=q1 = 1;", "per_frame.num_registers_written", 1),
        ("per_pixel_1=rot = q3*time;", "per_pixel.num_registers_read", 1),
        ("per_pixel_1=rot = q3*time;", "per_pixel.reads.time", 1),
        ("per_pixel_1=rot = rad*sin(ang) + rad;", "per_pixel.reads.rad", 2),
        ("per_pixel_1=rot = 1;", "per_pixel.writes.rot", 1),
        ("per_pixel_1=rot = if(above(x, .5), sin(y), sqrt(y));", "equations.compare", 1),
        ("per_pixel_1=rot = if(above(x, .5), sin(y), sqrt(y));", "equations.if", 1),
        ("per_pixel_1=rot = if(above(x, .5), sin(y), sqrt(y));", "equations.root", 1),
        ("per_frame_1=x = 1;\nper_frame_2=\nper_frame_3=//y = 2;", "per_frame.num_lines", 1),
    ],
)
def test_what_a_line_adds(line: str, feature: str, value: float) -> None:
    assert features_of(line)[feature] == value


def test_disabled_parts_do_not_run() -> None:
    code = "wave_0_per_point1=x = treb;"
    assert features_of("wavecode_0_enabled=1", code)["parts.reads.treb"] == 1
    assert features_of("wavecode_0_enabled=0", code)["parts.reads.treb"] == 0
    shape = "shape_2_per_frame1=x = q1 + q2;"
    assert features_of("shapecode_2_enabled=1", shape)["parts.num_registers_read"] == 2
    assert features_of(shape)["shapes.num_tokens"] == 0
