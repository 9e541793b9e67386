"""Energy by thirds of motion."""

from collections import Counter

import pytest

from aivj.styles.energy import energy_by_motion


def test_a_library_falls_into_thirds():
    motion = {f"p{number}": (number * 7 % 30) / 100 for number in range(30)}

    energy = energy_by_motion(motion)

    assert Counter(energy.values()) == {"calm": 10, "groove": 10, "peak": 10}
    order = {"calm": 0, "groove": 1, "peak": 2}
    ranked = [order[energy[name]] for name in sorted(motion, key=motion.__getitem__)]
    assert ranked == sorted(ranked)


@pytest.mark.parametrize("values", [[], [0.2], [0.2, 0.2, 0.2]])
def test_where_all_move_alike_they_groove(values):
    motion = {str(place): value for place, value in enumerate(values)}

    assert energy_by_motion(motion) == dict.fromkeys(motion, "groove")


def test_presets_that_move_alike_are_of_one_energy():
    energy = energy_by_motion({"a": 0, "b": 0, "c": 0, "d": 0, "e": 1})

    assert [energy[name] for name in "abcde"] == ["calm"] * 4 + ["peak"]
