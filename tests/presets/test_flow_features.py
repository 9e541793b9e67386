import pytest

from aivj.presets.flow_features import flow_features


def test_an_empty_preset_flows_nowhere(program_of) -> None:
    assert set(flow_features(program_of()).values()) == {0}


WAVE = "wavecode_0_enabled=1\nwave_0_per_point1="
SHAPE = "shapecode_0_enabled=1\nshape_0_per_frame1="


@pytest.mark.parametrize(
    ("lines", "feature", "value"),
    [
        ("per_frame_1=zoom = 1 + .1*bass;", "flow.bass.zoom", 1),
        ("per_frame_1=zoom = 1 + .1*bass;", "flow.audio.zoom", 1),
        ("per_frame_1=zoom = 1 + .1*bass;", "flow.treb.zoom", 0),
        ("per_frame_1=rot = mid_att; zoom = mid;", "flow.share.smoothed", 0.5),
        ("per_frame_1=v = time; warp = sin(v);", "flow.time.warp", 1),
        ("per_frame_1=cx = rand(3);", "flow.chance.center", 1),
        ("per_frame_1=v = .9*v + bass; dy = v;", "flow.memory.shift", 1),
        ("per_frame_1=dy = .9*dy + bass;", "flow.memory.shift", 0),
        ("per_frame_1=sx = if(above(treb, 1), 1, 2);", "flow.switch.stretch", 1),
        ("per_frame_1=sx = if(time, 1, 2);", "flow.switch.stretch", 0),
        ("per_pixel_1=zoom = rad; rot = x;", "flow.polar.zoom", 1),
        ("per_pixel_1=zoom = rad; rot = x;", "flow.polar.rot", 0),
        ("per_pixel_1=zoom = rad; rot = x;", "flow.place.rot", 1),
        ("per_frame_1=wave_r = bass;", "flow.audio.wave_color", 1),
        ("per_frame_1=decay = treb;", "flow.audio.fade", 1),
        (f"{WAVE}x = value1;", "flow.sound.waves.place", 1),
        (f"{WAVE}x = value1; r = sample;", "flow.sample.waves.color", 1),
        (f"{SHAPE}rad = bass;", "flow.audio.shapes.place", 1),
        (f"{SHAPE}x = instance;", "flow.instance.shapes.place", 1),
        ("per_frame_1=q1 = mid;\ncomp_1=`ret = q1;", "flow.audio.comp_shader", 1),
        ("per_frame_1=q1 = mid;\ncomp_1=`ret = q1;", "flow.audio.warp_shader", 0),
        ("per_frame_1=q1 = mid;\ncomp_1=`ret = q1;", "flow.audio_registers.comp_shader", 1),
        (
            "per_frame_1=q1 = mid; q2 = 1;\nwarp_1=`ret = _qa.x;",
            "flow.audio_registers.warp_shader",
            1,
        ),
        ("per_frame_1=q1 = mid;\nper_pixel_1=rot = q1;", "flow.audio_registers.per_pixel", 1),
        ("per_frame_1=q1 = bass; q2 = time; q3 = mid;", "flow.num_registers.audio", 2),
        ("per_frame_1=q1 = q9; q2 = v; v = 1;", "flow.num_registers.memory", 1),
        ("per_frame_1=zoom = bass + bass_att; rot = time;", "flow.num_inputs.motion", 3),
        ("per_frame_1=a = bass; b = 1; zoom = 2; c = a;", "flow.share.audio", 0.5),
    ],
)
def test_what_reaches_what(program_of, lines: str, feature: str, value: float) -> None:
    assert flow_features(program_of(*lines.split("\n")))[feature] == value


def test_real_presets_move_with_music_and_time(milks) -> None:
    from aivj.presets.program import read_program

    flows = [flow_features(read_program(milk)) for milk in list(milks.values())[::10]]
    for name in ("flow.audio.zoom", "flow.time.rot", "flow.memory.shift", "flow.polar.zoom"):
        share = sum(flow[name] for flow in flows) / len(flows)
        assert 0.05 < share < 0.95, name
