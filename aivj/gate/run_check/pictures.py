"""Which pictures of pairs lie in a run, whole."""

from pathlib import Path

_HEAD_BYTES = 12
_HEAD_NOT_COUNTED = 8


def read_pictures(folder: Path) -> frozenset[str] | None:
    """Returns the whole WebP files as `<pair>` or `<pack>/<pair>`; None without the folder."""
    if not folder.is_dir():
        return None
    files = (path for path in folder.rglob("*.webp") if path.is_file())
    return frozenset(
        path.relative_to(folder).with_suffix("").as_posix() for path in files if _is_whole(path)
    )


def _is_whole(path: Path) -> bool:
    """Tells whether a file has a WebP's head and all bytes that the head announces."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or head[:4] != b"RIFF" or head[8:] != b"WEBP":
        return False
    return path.stat().st_size >= int.from_bytes(head[4:8], "little") + _HEAD_NOT_COUNTED
