"""Pictures for people to look through: sheets of them, and a film that shows each for a second."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from aivj.contracts.frames_index import FramesRow, frame_files
from aivj.errors import InputError, MissingDependencyError
from aivj.stage.thumbnails import open_picture
from aivj.storage import storage_errors

COLUMNS, ROWS = 8, 8
_TILE = (200, 124)
_CAPTION_HEIGHT = 24
_FRAMES_PER_S = 3
_BACKGROUND, _INK = (16, 16, 16), (220, 220, 220)
_NUM_LETTERS = 32

OnProgress = Callable[[int, int], None]


def write_sheets(
    rows: Sequence[FramesRow], root: Path, folder: Path, on_progress: OnProgress
) -> list[Path]:
    """Writes sheets of 64 presets' first pictures with their names.

    Args:
        rows: Presets that are ok.
        root: Folder of their index.
        folder: Where to write; it is made.
        on_progress: Told how many presets of how many are on a sheet.

    Returns:
        The sheets, JPEG.

    Raises:
        StorageError: The disk does not take them.
    """
    from PIL import Image

    sheets = []
    num_done = 0
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    size = COLUMNS * ROWS
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    for number, page in enumerate(pages, start=1):
        num_rows = -(-len(page) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * _TILE[0], num_rows * _TILE[1]), _BACKGROUND)
        for place, row in enumerate(page):
            across, down = place % COLUMNS, place // COLUMNS
            tile = next(_tiles(row, root, 1))
            sheet.paste(tile, (across * _TILE[0], down * _TILE[1]))
        path = folder / f"sheet-{number:03d}.jpg"
        with storage_errors(path):
            sheet.save(path, "JPEG", quality=85)
        sheets.append(path)
        num_done += len(page)
        on_progress(num_done, len(rows))
    return sheets


def write_film(rows: Sequence[FramesRow], root: Path, path: Path, on_progress: OnProgress) -> Path:
    """Writes a WebM film: each preset's pictures, three to a second.

    Raises:
        MissingDependencyError: PyAV is not installed.
        StorageError: The disk does not take it.
    """
    try:
        import av
    except ImportError as error:
        raise MissingDependencyError(
            "PyAV, which writes films", str(error), "install it with `pip install av`"
        ) from error
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w", format="webm") as container:
            of_image: Any = av.VideoFrame.from_image
            options = {"deadline": "realtime", "cpu-used": "8", "crf": "34", "b": "0"}
            stream: Any = container.add_stream("libvpx-vp9", rate=_FRAMES_PER_S, options=options)
            stream.width, stream.height = 2 * _TILE[0], 2 * _TILE[1]
            stream.pix_fmt = "yuv420p"
            stream.time_base = Fraction(1, _FRAMES_PER_S)
            for number, row in enumerate(rows, start=1):
                for tile in _tiles(row, root, _FRAMES_PER_S):
                    frame = of_image(tile.resize((stream.width, stream.height)))
                    container.mux(stream.encode(frame))
                on_progress(number, len(rows))
            container.mux(stream.encode())
    return path


def _tiles(row: FramesRow, root: Path, num: int) -> Iterator[Any]:
    """Yields `num` captioned pictures of a preset, the last again where it has fewer."""
    from PIL import Image, ImageDraw

    pictures = [picture for file in frame_files(row, root)[:num] if (picture := _opened(file))]
    caption = (row.rel_path or row.preset_id).rpartition("/")[2].removesuffix(".milk")
    for number in range(num):
        tile = Image.new("RGB", _TILE, _BACKGROUND)
        if pictures:
            picture = pictures[min(number, len(pictures) - 1)].copy()
            picture.thumbnail((_TILE[0] - 4, _TILE[1] - _CAPTION_HEIGHT))
            tile.paste(picture, ((_TILE[0] - picture.width) // 2, 2))
        text = caption[:_NUM_LETTERS].encode("latin-1", "replace").decode("latin-1")
        ImageDraw.Draw(tile).text((4, _TILE[1] - _CAPTION_HEIGHT + 6), text, fill=_INK)
        yield tile


def _opened(file: Path) -> Any:
    try:
        return open_picture(file.read_bytes())
    except (OSError, InputError):
        return None
