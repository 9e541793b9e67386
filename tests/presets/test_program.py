from aivj.presets.milk import Milk, parse_milk
from aivj.presets.program import read_program

CODE = """per_frame_init_1=a = 1;
per_frame_1=b = 1;
per_pixel_1=c = 1;
wavecode_0_enabled=1
wave_0_init1=d = 1;
wave_0_per_frame1=e = 1;
wave_0_per_point1=f = 1;
shapecode_3_enabled=1
shape_3_init1=g = 1;
shape_3_per_frame1=h = 1;
wave_1_per_frame1=never = 1;
shapecode_0_enabled=0
shape_0_per_frame1=never = 1;
warp_1=`ret = warp;
comp_1=`ret = comp;
"""


def test_all_that_runs_is_read_once() -> None:
    program = read_program(parse_milk(CODE.encode()))
    own = [program.init, program.per_frame, program.per_pixel]
    assert [list(code.writes) for code in own] == [["a"], ["b"], ["c"]]
    assert [list(code.writes) for code in program.wave_blocks] == [["d"], ["e"], ["f"]]
    assert [list(code.writes) for code in program.shape_blocks] == [["g"], ["h"]]
    assert list(program.wave_code.writes) == ["d", "e", "f"]
    assert list(program.shape_code.writes) == ["g", "h"]
    assert list(program.equations.writes) == list("abcdefgh")
    assert program.shaders.writes == {"ret": 2}
    assert set(program.warp_shader.reads) == {"warp"}
    assert set(program.comp_shader.reads) == {"comp"}
    assert program.whole.writes == {**dict.fromkeys("abcdefgh", 1), "ret": 2}


def test_the_real_presets_have_code(milks: dict[str, Milk]) -> None:
    programs = [read_program(milk) for milk in list(milks.values())[::20]]
    assert sum(program.whole.num_lines > 0 for program in programs) > 0.9 * len(programs)
