import av
import numpy as np
import pytest
from frames.test_checking import picture

from aivj.contracts.frames_index import FramesRow, frame_path
from aivj.errors import StorageError
from aivj.frames.review import write_film, write_sheets
from aivj.stage.thumbnails import picture_pixels
from aivj.storage import write_atomic


@pytest.fixture
def rows(tmp_path):
    """70 presets, the first with two pictures, the last with none that can be opened."""
    made = []
    for number in range(70):
        frames = tuple(frame_path(f"p{number}", at) for at in range(2 if number == 0 else 1))
        for at, relative in enumerate(frames):
            data = b"no picture" if number == 69 else picture(250 - 100 * at)
            write_atomic(tmp_path / relative, data, fsync=False)
        at = "2026-03-01T00:00:00.000Z"
        rel_path = "mine/\u30d7 very long name of a preset, indeed.milk"
        made.append(
            FramesRow(at=at, preset_id=f"p{number}", rel_path=rel_path, status="ok", frames=frames)
        )
    return made


def test_sheets_of_sixty_four(rows, tmp_path):
    told = []
    sheets = write_sheets(rows, tmp_path, tmp_path / "review", lambda *now: told.append(now))
    assert [sheet.name for sheet in sheets] == ["sheet-001.jpg", "sheet-002.jpg"]
    assert told == [(64, 70), (70, 70)]
    first, second = (picture_pixels(sheet.read_bytes()) for sheet in sheets)
    assert first.shape == (8 * 124, 8 * 200, 3)
    assert second.shape == (124, 8 * 200, 3)
    assert first[4:8, 98:102].mean() > 200
    # The last of them has no picture that can be opened, and the places behind it are empty.
    assert second[4:8, 5 * 200 + 98 : 5 * 200 + 102].mean() < 30


def test_a_film_shows_each_for_a_second(rows, tmp_path):
    path = write_film(rows[:3], tmp_path, tmp_path / "review" / "film.webm", lambda *_: None)
    with av.open(str(path)) as film:
        lumas = [frame.to_ndarray(format="gray")[8:16, 190:210] for frame in film.decode(video=0)]
        assert float(film.duration) / av.time_base == pytest.approx(3, abs=0.4)
    assert len(lumas) == 9
    # The second picture of the first preset is darker.
    assert np.mean(lumas[0]) > np.mean(lumas[1]) + 50


def test_a_disk_that_takes_no_sheet(rows, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        write_sheets(rows[:1], tmp_path, tmp_path / "file", lambda *_: None)
