import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.errors import UnsafePathError
from aivj.library.repair import STRATEGIES, RepairedPreset, repaired, repaired_path, variants
from aivj.library.tables import FaultyPreset
from aivj.packs.scan import PresetFile
from aivj.presets.digest import content_hash
from aivj.presets.milk import parse_milk

TEXT = b"""[preset00]
PSVERSION=3
fDecay=0.98
wavecode_0_enabled=1
wavecode_0_samples=512
shapecode_1_enabled=1
per_frame_1=wave_r=1;
per_pixel_1=rot=0.1;
wave_0_per_point1=x=0;
shape_1_per_frame1=rad=1;
warp_1=`shader_body {
warp=0.2
comp_1=`shader_body {
wave_r=0.5
"""


def made(strategy):
    return parse_milk(repaired(TEXT, strategy))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_left_out_is_left_out_and_no_more(strategy):
    milk = made(strategy)
    assert bool(milk.waves) is ("NoWaves" not in strategy)
    assert bool(milk.shapes) is ("NoShapes" not in strategy)
    assert bool(milk.warp_shader or milk.comp_shader) is ("NoShaders" not in strategy)
    assert bool(milk.per_pixel) is (strategy != "NoPerPixel")
    assert (milk.values["fdecay"], milk.values["warp"], milk.values["wave_r"]) == (0.98, 0.2, 0.5)
    assert milk.per_frame == "wave_r=1;"


def test_clean_is_the_same_preset():
    dirty = TEXT.replace(b"\n", b"\r\n") + b"name=\xe4\x07"
    assert content_hash(repaired(dirty, "Clean")) == content_hash(dirty.replace(b"\x07", b""))


def test_each_variant_comes_once_and_none_is_the_preset_itself(tmp_path):
    (tmp_path / "p.milk").write_bytes(TEXT.replace(b"wave_0_", b"x_").replace(b"wavecode", b"x"))
    faulty = FaultyPreset("c", "p.milk", ["render-failed"])
    names = [preset.strategy for preset in variants(tmp_path, faulty)]
    assert names == ["NoShapes", "NoShaders", "NoPerPixel", "NoWavesNoShapesNoShaders"]
    for preset in variants(tmp_path, faulty):
        assert content_hash(preset.data) == preset.content_hash


@pytest.mark.parametrize("name", ["gone.milk", "folder.milk", "x" * 400, "\0", "../up.milk\0"])
def test_what_cannot_be_read_has_no_variants(tmp_path, name):
    (tmp_path / "folder.milk").mkdir()
    assert list(variants(tmp_path, FaultyPreset("c", name, []))) == []


@given(data=st.binary(max_size=500), strategy=st.sampled_from(list(STRATEGIES)))
def test_no_bytes_are_in_the_way(data, strategy):
    once = repaired(data, strategy)
    assert repaired(once, "Clean") == once


def preset(rel_path):
    faulty = FaultyPreset("c", rel_path, [])
    return RepairedPreset(PresetFile(rel_path, None), "0123456789abcdef", faulty, "NoWaves")


def test_a_repaired_preset_lies_where_its_source_lay():
    assert repaired_path(preset("a/b/Geiss - X.milk")) == "a/b/Geiss - X--NoWaves-01234567.milk"
    long = repaired_path(preset("ä" * 300 + ".milk")).encode()
    assert len(long) < 255


@pytest.mark.parametrize("rel_path", ["../x.milk", "/etc/x.milk", "a/../../x.milk", "a\0.milk"])
def test_no_repaired_preset_lies_outside_its_pack(rel_path):
    with pytest.raises(UnsafePathError):
        repaired_path(preset(rel_path))
