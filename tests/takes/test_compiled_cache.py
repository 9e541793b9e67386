"""Compiled code is found again where a copy of its module lies, such as a job's."""

import shutil

from aivj.takes import compiled
from aivj.takes.compiled_cache import ByContent


def test_a_copy_has_the_same_place_and_other_code_another(tmp_path):
    copy, other = tmp_path / "compiled.py", tmp_path / "else" / "compiled.py"
    shutil.copy(compiled.__file__, copy)
    other.parent.mkdir()
    other.write_text(copy.read_text() + "\n")

    places = [
        ByContent.get_suitable_cache_subpath(str(path)) for path in (compiled.__file__, copy, other)
    ]

    assert places[0] == places[1] != places[2]
