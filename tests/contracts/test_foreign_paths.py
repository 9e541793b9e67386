from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.foreign_paths import path_in_pack, posix_path
from aivj.errors import UnsafePathError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/mnt/d/aidata/x.milk", "/mnt/d/aidata/x.milk"),
        ("D:\\aidata\\x.milk", "/mnt/d/aidata/x.milk"),
        ("d:/aidata/x.milk", "/mnt/d/aidata/x.milk"),
        ("fg\\x.milk", "fg/x.milk"),
        ("fg/x.milk", "fg/x.milk"),
    ],
)
def test_one_form_for_all_machines(text, expected):
    assert posix_path(text) == PurePosixPath(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/mnt/d/aidata/demo_pack/fg/p7_fg.milk", "fg/p7_fg.milk"),
        ("D:\\aidata\\Demo_Pack\\sub\\fg\\p7.milk", "sub/fg/p7.milk"),
        ("/home/x/demo_pack/a/demo_pack/b.milk", "a/demo_pack/b.milk"),
        ("/home/x/demo_pack_2/fg/p7.milk", "fg/p7.milk"),
        ("/elsewhere/p7.milk", "fg/p7.milk"),
        ("p7.milk", "fg/p7.milk"),
        ("demo_pack/fg/p7.milk", "fg/p7.milk"),
        ("/İ/demo_pack/fg/ü.milk", "fg/ü.milk"),
    ],
)
def test_place_below_the_pack(text, expected):
    assert path_in_pack(text, pack="demo_pack", layer="fg") == expected


@pytest.mark.parametrize(
    "text", ["", "/", "/a/../b.milk", "a/..", "C:\\..\\x", "/x/demo_pack/../y"]
)
def test_paths_that_step_upwards_or_name_nothing_are_refused(text):
    with pytest.raises(UnsafePathError):
        path_in_pack(text, pack="demo_pack", layer="fg")


@given(st.text())
def test_any_text_stays_below_the_pack_or_is_refused(text):
    try:
        place = path_in_pack(text, pack="demo_pack", layer="bg")
    except UnsafePathError:
        return
    assert not place.startswith("/")
    assert ".." not in PurePosixPath(place).parts
