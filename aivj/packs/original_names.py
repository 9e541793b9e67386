"""What presets were called before they were copied into a pack: names say whose they are."""

from collections.abc import Sequence
from pathlib import Path

from aivj.errors import InputError
from aivj.packs.provenance import PROVENANCE_NAME, read_provenance


def original_names(files: Sequence[Path]) -> list[str]:
    """Returns for each preset file the path it had in its library.

    That stands in the provenance of the folder that holds `fg/` and `bg/`. A preset without one
    goes by its own file name.
    """
    names: dict[Path, dict[Path, str]] = {}
    for folder in dict.fromkeys(_pack_folder(file) for file in files):
        names[folder] = _names_in(folder)
    return [names[_pack_folder(file)].get(file, file.name) for file in files]


def _pack_folder(file: Path) -> Path:
    return file.parent.parent


def _names_in(folder: Path) -> dict[Path, str]:
    if not (folder / PROVENANCE_NAME).is_file():
        return {}
    try:
        pairs = read_provenance(folder).pairs
    except InputError:
        return {}  # somebody else's file of that name
    origins = [origin for pair in pairs for origin in (pair.fg, pair.bg)]
    return {folder / origin.file: origin.source for origin in origins}
