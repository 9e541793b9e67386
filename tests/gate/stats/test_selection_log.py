import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.gate.stats import SelectedPreset, read_selection_log

IDS = st.from_regex(r"[a-z0-9]([ -~]{0,30}[a-z0-9.])?", fullmatch=True).filter(
    lambda text: "(m=" not in text
)
TIERS = st.sampled_from(["strict", "dark"])


@settings(deadline=None)
@given(IDS, st.floats(0, 10), TIERS, st.sampled_from(["", "[info] ", "12:00 "]))
def test_a_line_is_read_back(preset_id, motion, tier, prefix):
    line = f"{prefix}selected preset {preset_id} (m={motion}, tier={tier})"
    assert read_selection_log([line]).entries == (SelectedPreset(preset_id, motion, tier),)
    bare = read_selection_log([f"{prefix}selected preset {preset_id}"])
    assert bare.entries == (SelectedPreset(preset_id),)


@settings(deadline=None)
@given(st.lists(st.text() | st.text().map(lambda tail: f"selected preset {tail}")))
def test_any_text_is_read_and_each_line_is_counted_once(lines):
    log = read_selection_log(lines)
    assert log.num_lines == len(lines)
    marked = sum("selected preset" in line for line in lines)
    assert len(log.entries) + log.num_bad_lines == marked


@pytest.mark.parametrize(
    ("tail", "entry"),
    [
        ("x (m=0.5)", SelectedPreset("x", 0.5)),
        ("x (m=0.5, tier=dark) by policy", SelectedPreset("x", 0.5, "dark")),
        (
            "Geiss - Jelly (v2).milk (m=1, tier=strict)",
            SelectedPreset("Geiss - Jelly (v2).milk", 1, "strict"),
        ),
        ("Geiss - Jelly (v2).milk", SelectedPreset("Geiss - Jelly (v2).milk")),
    ],
)
def test_forms_of_a_line(tail, entry):
    assert read_selection_log([f"selected preset {tail}"]).entries == (entry,)


@pytest.mark.parametrize("tail", ["", " ", "x (m=NaN, tier=dark)", "x (m=, tier=dark)"])
def test_lines_that_are_bad(tail):
    log = read_selection_log([f"selected preset {tail}"])
    assert (log.entries, log.num_bad_lines) == ((), 1)
