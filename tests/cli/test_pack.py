"""`aivj pack`; its options' defaults are literal, since the rooms that have them load slowly."""

import inspect

from aivj.cli.pack import pack
from aivj.packs.pairing import MAX_PACK_BYTES, MEGABYTE
from aivj.packs.path_list import DEFAULT_CANDIDATES
from aivj.packs.scan import MAX_ENTRIES


def test_defaults_are_those_of_the_rooms():
    defaults = {name: each.default for name, each in inspect.signature(pack).parameters.items()}

    assert defaults["candidates"] == DEFAULT_CANDIDATES
    assert defaults["max_files"] == MAX_ENTRIES
    assert defaults["max_mb"] * MEGABYTE == MAX_PACK_BYTES
