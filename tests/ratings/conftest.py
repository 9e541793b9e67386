from collections.abc import Callable
from pathlib import Path

import pytest

from aivj.ratings import RatedPreset, judges, read_rated_pack

RatedLibrary = Callable[..., Path]

NUM_AUTHORS = 8


@pytest.fixture
def rated_folder(tmp_path: Path) -> RatedLibrary:
    """Writes a pack of presets by several authors; what they rate high turns, the rest zooms."""

    def write(num_of_each: int = 24, *, suffix: str = "", name: str = "pack") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for number in range(num_of_each):
            author = f"author{number % NUM_AUTHORS}x"
            for rating, variable in ((5, "rot"), (1, "zoom")):
                own = [f"own_{variable}_{number}_{letter}" for letter in "abcdef"]
                code = f"per_frame_1={variable} = sin(time*{' + '.join(own)});"
                text = f"fRating={rating}\n{code}\n{suffix}"
                (folder / f"{author} - {variable} {number}.milk").write_text(text)
        return folder

    return write


@pytest.fixture
def rated(rated_folder: RatedLibrary) -> tuple[RatedPreset, ...]:
    return read_rated_pack(rated_folder()).presets


@pytest.fixture
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees enough for a signal that is plain to see."""
    monkeypatch.setattr(judges, "_NUM_TREES", 20)
