import pytest

from aivj.presets.equation_features import equation_features


def test_an_empty_preset_computes_nothing(program_of) -> None:
    assert set(equation_features(program_of()).values()) == {0}


@pytest.mark.parametrize(
    ("line", "feature", "value"),
    [
        ("per_frame_1=zoom = 1 + bass_att*bass;", "per_frame.reads.bass", 2),
        ("per_frame_1=zoom = 1 + bass_att*bass;", "per_frame.reads.smoothed", 1),
        ("per_frame_1=zoom = 1; zoom = 2;", "per_frame.writes.zoom", 2),
        ("per_frame_1=ob_r = 1;", "per_frame.writes.outer_border", 1),
        ("per_frame_1=q1 = 1; q12 = 2; q1 = 3;", "per_frame.num_registers_written", 2),
        ("per_frame_init_1=q1 = 1;", "per_frame.num_registers_written", 1),
        ("per_pixel_1=rot = q3*time;", "per_pixel.num_registers_read", 1),
        ("per_pixel_1=rot = q3*time;", "per_pixel.reads.time", 1),
        ("per_pixel_1=rot = rad*sin(ang) + rad;", "per_pixel.reads.rad", 2),
        ("per_pixel_1=rot = 1;", "per_pixel.writes.rot", 1),
        ("per_pixel_1=rot = if(above(x, .5), sin(y), sqrt(y));", "equations.calls.compare", 1),
        ("per_pixel_1=rot = if(above(x, .5), sin(y), sqrt(y));", "equations.calls.if", 1),
        ("per_pixel_1=rot = if(above(x, .5), sin(y), sqrt(y));", "equations.calls.root", 1),
        ("per_frame_1=x = 1;\nper_frame_2=\nper_frame_3=//y = 2;", "per_frame.num_lines", 1),
    ],
)
def test_what_a_line_adds(program_of, line: str, feature: str, value: float) -> None:
    assert equation_features(program_of(line))[feature] == value


def test_disabled_parts_do_not_run(program_of) -> None:
    code = "wave_0_per_point1=x = treb;"
    enabled = equation_features(program_of("wavecode_0_enabled=1", code))
    assert enabled["parts.reads.treb"] == 1
    assert enabled["waves.num_tokens"] == 4
    assert set(equation_features(program_of("wavecode_0_enabled=0", code)).values()) == {0}
    shape = "shape_2_per_frame1=x = q1 + q2;"
    enabled = equation_features(program_of("shapecode_2_enabled=1", shape))
    assert enabled["parts.num_registers_read"] == 2
    assert set(equation_features(program_of(shape)).values()) == {0}
