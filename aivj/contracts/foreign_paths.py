"""Paths in documents from other machines: WSL, Windows and POSIX forms of one file."""

import re
from pathlib import PurePosixPath

from aivj.errors import UnsafePathError

_DRIVE = re.compile(r"([A-Za-z]):/")


def posix_path(text: str) -> PurePosixPath:
    r"""Returns the POSIX form of a path: `D:\x\y` and `D:/x/y` are WSL's `/mnt/d/x/y`."""
    slashed = text.replace("\\", "/")
    drive = _DRIVE.match(slashed)
    return PurePosixPath(f"/mnt/{drive[1].lower()}/{slashed[3:]}" if drive else slashed)


def path_in_pack(text: str, *, pack: str, layer: str) -> str:
    """Returns where a source file belongs below its pack's folder, `/`-separated.

    That is what follows the first `/<pack>/` (in any case) in its path, else `<layer>/<name>`.

    Args:
        text: The path as the source wrote it.
        pack: The pack's name.
        layer: `fg` or `bg`.

    Raises:
        UnsafePathError: The path steps upwards with `..`, or names no file.
    """
    path = posix_path(text)
    if ".." in path.parts or not path.name or "\0" in text:
        raise UnsafePathError(
            "the path of a preset without '..'", repr(text), "write the preset's full path"
        )
    inside = re.search(f"/{re.escape(pack)}/(.+)", str(path), re.IGNORECASE)
    return inside[1] if inside else f"{layer}/{path.name}"
