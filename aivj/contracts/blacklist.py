"""Lists of presets that must not be used, in every form that the tools around us write."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aivj.contracts.json_text import read_object, shown
from aivj.contracts.library_manifest import join_key
from aivj.errors import InputError

_PATH_KEYS = ("badSourceRelPaths", "badRelPaths", "badRelatives")
_URL_KEY, _ID_KEY = "badUrls", "badIds"


@dataclass(frozen=True)
class Blacklist:
    """Presets that must not be used.

    Attributes:
        paths: Their paths, as `join_key` has them.
        ids: What a library's manifest calls them.
    """

    paths: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def names(self, relative_path: str, *, pack: str = "") -> bool:
        """Tells whether a preset is on the list by its path, in a library or in a pack."""
        key = join_key(relative_path)
        return key in self.paths or f"{pack}/{key}" in self.paths

    def names_id(self, preset_id: str) -> bool:
        """Tells whether a preset is on the list by its id."""
        return preset_id in self.ids

    def __or__(self, other: "Blacklist") -> "Blacklist":
        """Returns both lists as one."""
        return Blacklist(self.paths | other.paths, self.ids | other.ids)


def read_blacklist(path: Path) -> Blacklist:
    """Reads a list: `badSourceRelPaths`, `badRelPaths`, `badRelatives`, `badUrls` or `badIds`.

    Raises:
        InputError: It is missing or broken, or has none of these.
    """
    document = read_object(path)
    known = [key for key in (*_PATH_KEYS, _URL_KEY, _ID_KEY) if key in document]
    if not known:
        raise InputError(
            f"one of {', '.join((*_PATH_KEYS, _URL_KEY, _ID_KEY))} in {path}",
            f"the keys {shown(sorted(document)[:8])}",
            "name a blacklist, for example an audit's quality-blacklist.json",
        )
    paths = [text for key in (*_PATH_KEYS, _URL_KEY) for text in _texts(document, key, path)]
    return Blacklist(frozenset(map(join_key, paths)), frozenset(_texts(document, _ID_KEY, path)))


def _texts(document: dict[str, Any], key: str, path: Path) -> list[str]:
    value = document.get(key, [])
    if not isinstance(value, list):
        raise InputError(f"a list of texts as {key} in {path}", shown(value), "mend the file")
    return [text for text in value if isinstance(text, str) and text]
