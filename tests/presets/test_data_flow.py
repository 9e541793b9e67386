import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.presets.data_flow import (
    AUDIO,
    BASS,
    CHANCE,
    MEMORY,
    MID_ATT,
    PLACE,
    POLAR,
    SAMPLE,
    SOUND,
    TIME,
    TREB,
    DataFlow,
    acting_by_choice,
    trace_data_flow,
    without_choice,
)
from aivj.presets.milk import parse_milk
from aivj.presets.program import read_program


def flow_of(*lines: str) -> DataFlow:
    return trace_data_flow(read_program(parse_milk("\n".join(lines).encode())))


@pytest.mark.parametrize(
    ("code", "inputs"),
    [
        ("zoom = 1.1;", 0),
        ("zoom = 1 + 0.1*bass;", BASS),
        ("Zoom = 1 + 0.1*BASS;", BASS),
        ("zoom = zoom + 0.1*sin(time*1.3);", TIME),
        ("zoom += rand(100)*treb;", TREB | CHANCE),
        ("v = mid_att; w = 2*v; zoom = w;", MID_ATT),
        ("zoom = v; v = bass;", BASS | MEMORY),
        ("v = .9*v + .1*bass; zoom = v;", BASS | MEMORY),
        ("v = bass; v = 1; zoom = v;", 0),
        ("v = 1; v += bass; zoom = v;", BASS),
        ("zoom = bass; zoom = 1;", 0),
        ("v1 = v2; v2 = v3; v3 = v4; v4 = bass; zoom = v1;", BASS | MEMORY),
        ("q1 = bass; zoom = q1;", BASS),
        ("zoom = q1; q1 = bass;", 0),
        ("// zoom = bass;", 0),
        ("bass = 1; zoom = bass;", 0),
        ("zoom = megabuf(3);", MEMORY),
    ],
)
def test_what_reaches_the_zoom(code: str, inputs: int) -> None:
    assert flow_of(f"per_frame_1={code}").motion.get("zoom", 0) == inputs


@pytest.mark.parametrize(
    ("code", "inputs", "by_choice"),
    [
        ("rot = if(above(bass, 1), .1, .2);", BASS, BASS),
        ("beat = above(bass, 1); rot = beat*time;", BASS | TIME, BASS),
        ("rot = bass; dx = if(time, 1, 2);", BASS, 0),
    ],
)
def test_what_acts_by_a_choice(code: str, inputs: int, by_choice: int) -> None:
    rot = flow_of(f"per_frame_1={code}").motion["rot"]
    assert (without_choice(rot), acting_by_choice(rot)) == (inputs, by_choice)


def test_init_sets_constants_unless_chance_decides() -> None:
    flow = flow_of(
        "per_frame_init_1=q1 = rand(9); v = time; w = rand(2);",
        "per_frame_1=dx = q1; dy = v; rot = w;",
    )
    assert flow.motion == {"dx": CHANCE, "dy": 0, "rot": CHANCE}
    assert flow.registers == {"q1": CHANCE}


def test_pixels_add_to_or_replace_what_the_frame_set() -> None:
    flow = flow_of(
        "per_frame_1=zoom = bass; rot = time; q1 = treb; own = bass;",
        "per_pixel_1=zoom = zoom + .1*rad; rot = x; dx = q1*sin(ang); dy = own;",
    )
    assert flow.motion == {"zoom": BASS | POLAR, "rot": PLACE, "dx": TREB | POLAR, "dy": 0}


def test_waves_draw_sound_and_what_their_frame_hands_on() -> None:
    (wave,) = flow_of(
        "per_frame_1=q1 = bass;",
        "wavecode_1_enabled=1",
        "wave_1_per_frame1=t1 = q1; own = time; r = time;",
        "wave_1_per_point1=x = .5 + value1; y = sample*t1; g = own;",
    ).waves
    assert wave == {"t1": BASS, "r": TIME, "x": SOUND, "y": SAMPLE | BASS, "g": 0}


def test_shapes_have_their_own_variables() -> None:
    (shape,) = flow_of(
        "per_frame_1=q3 = treb; own = bass;",
        "shapecode_0_enabled=1",
        "shape_0_init1=own2 = rand(1);",
        "shape_0_per_frame1=x = q3; y = own + instance; ang = ang + own2;",
    ).shapes
    assert {name: shape[name] for name in ("x", "y", "ang")} == {
        "x": TREB,
        "y": SAMPLE,
        "ang": CHANCE,
    }


def test_shaders_read_registers_one_by_one_or_packed() -> None:
    flow = flow_of(
        "per_frame_1=q2 = bass; q8 = .9*v + time; v = 1 + v;",
        "warp_1=`ret = tex2D(sampler_main, uv)*_qb.w;",
        "comp_1=`ret = q2*treb;",
    )
    assert flow.warp_shader == TIME | MEMORY
    assert flow.comp_shader == BASS | TREB


def test_an_empty_preset_has_no_flow() -> None:
    assert flow_of() == DataFlow({}, {}, (), (), 0, 0)


@settings(deadline=None)
@given(st.text(alphabet="abq1=+*;,() \n", max_size=200), st.text(max_size=50))
def test_any_code_is_followed(code: str, other: str) -> None:
    lines = (f"per_frame_{number}={line}" for number, line in enumerate(code.split("\n")))
    flow = flow_of(*lines, f"per_pixel_1={other}", f"comp_1=`{code}{other}")
    assert all(inputs >= 0 for inputs in (*flow.frame.values(), *flow.motion.values()))


@given(st.permutations("abcdefgh"))
def test_a_chain_ends_where_it_began(names: list[str]) -> None:
    """Whatever their order, what each passes on arrives, be it frames later."""
    links = [f"{later} = {earlier};" for earlier, later in pairwise(sorted(names))]
    order = [links[(ord(name) - ord("a")) % len(links)] for name in names]
    flow = flow_of("per_frame_1=a = treb;" + "".join(dict.fromkeys(order)))
    assert flow.frame["h"] & AUDIO == TREB


def test_hostile_code_takes_linear_time() -> None:
    names = [f"v{number}" for number in range(4_000)]
    links = "".join(f"{one} = {next_one};" for one, next_one in pairwise(names))
    start_s = time.process_time()
    flow_of(f"per_frame_1={links}", f"per_pixel_1={'a=if(' * 20_000}")
    assert time.process_time() - start_s < 5
