"""A whole library in a space of terms."""

from pathlib import Path

import numpy as np
import pytest

from aivj.packs import feature_extraction
from aivj.packs.scan import PresetFile
from aivj.packs.term_library import describe_library
from aivj.presets.code_terms import code_terms
from aivj.presets.digest import content_hash
from aivj.presets.features import feature_vector
from aivj.presets.milk import parse_milk


@pytest.fixture(scope="module")
def paths(corpus: list[PresetFile]) -> list[Path]:
    """Some presets, one of them twice, and a file that is not there."""
    files = [preset.path for preset in corpus[:80]]
    return [*files, files[3], Path("missing.milk")]


def test_each_content_is_described_once(paths: list[Path]) -> None:
    told: list[tuple[int, int]] = []

    found = describe_library(paths, num_directions=16, on_progress=lambda *done: told.append(done))

    hashes = [content_hash(path.read_bytes()) for path in paths[:-1]]
    assert found.row_of[-1] == -1
    assert [found.content_hashes[row] for row in found.row_of[:-1]] == hashes
    assert len(set(found.content_hashes)) == len(found.content_hashes)
    assert found.places.shape == (len(found.content_hashes), 16)
    assert len(found.tags) == len(found.content_hashes)
    assert told[-1] == (82, 82)


def test_what_was_fitted_to_and_what_was_not_is_described_alike(paths: list[Path]) -> None:
    found = describe_library(paths, num_directions=8, num_fitted=30, features=True)

    for place in (0, 41, 79):
        milk = parse_milk(paths[place].read_bytes())
        row = int(found.row_of[place])
        assert np.allclose(found.places[row], found.space.describe([code_terms(milk)])[0])
        assert found.features[row].tolist() == feature_vector(milk).tolist()


def test_processes_describe_as_this_one_does(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = describe_library(paths, num_directions=8, num_fitted=30)
    monkeypatch.setattr(feature_extraction, "NUM_FEW", 10)

    there = describe_library(paths, num_directions=8, num_fitted=30)

    assert there.space.spec == here.space.spec
    assert there.places.tolist() == here.places.tolist()
    assert there.content_hashes == here.content_hashes


def test_no_files_are_a_library_too() -> None:
    found = describe_library([])

    assert (len(found.row_of), found.places.shape) == (0, (0, 0))
