"""Terms of a preset's code."""

from hypothesis import given
from hypothesis import strategies as st

from aivj.presets.code_terms import code_terms
from aivj.presets.milk import parse_milk

PRESET = b"""[preset00]
MILKDROP_PRESET_VERSION=201
PSVERSION_WARP=2
fRating=4.000
zoom=1.04990
fDecay=-0.04
per_frame_1=zoom = zoom + .1*bass; // zoom zoom
per_frame_2=q1 += 2e-1;
per_pixel_1=rot = sin(x);
wavecode_3_samples=512
wave_3_per_point1=x = sample;
warp_1=`shader_body {
warp_2=`ret = tex2d(sampler_main, uv).xyz; /* no
warp_3=` more */ ret *= 0.5; }
"""


def test_code_gives_its_words_behind_the_kind_of_their_block_and_pairs_of_neighbours():
    terms = code_terms(parse_milk(PRESET))

    assert terms["per_frame_:zoom"] == 2
    assert terms["per_frame_:#"] == 2
    assert terms["per_frame_:zoom ="] == 1
    assert terms["per_frame_:q1 +="] == 1
    assert terms["per_pixel_:sin ("] == 1
    assert terms["wave_per_point:sample"] == 1
    assert terms["warp_:tex2d"] == 1
    assert terms["warp_:. xyz"] == 1
    assert terms["warp_:ret *="] == 1


def test_values_are_rounded_and_what_tells_who_saved_a_file_is_left_out():
    terms = code_terms(parse_milk(PRESET))

    assert {term for term in terms if ":" not in term} == {
        "zoom=1.0",
        "fdecay=0.0",
        "wavecode_3_samples=512.0",
    }
    assert not any("more" in term or "version" in term for term in terms)


def test_a_preset_without_anything_has_no_terms():
    assert code_terms(parse_milk(b"")) == {}


@given(st.binary(max_size=400))
def test_reading_never_fails(data):
    assert all(count > 0 for count in code_terms(parse_milk(data)).values())
