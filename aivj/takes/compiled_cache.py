"""Where compiled code is kept: in the user's cache, under what the module says.

Numba would keep it beside the module. A Ray job brings its code in a folder of its own, so that
every job would compile anew on every node.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import UserWideCacheLocator

from aivj.storage import sha256_hex

_NUM_DIGITS = 16
# Its names are made when it is imported.
_config: Any = numba.config


class ByContent(UserWideCacheLocator):  # type: ignore[misc]
    """Finds compiled code by its module's content, wherever that lies."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Returns the folder of a module in the user's cache of numba."""
        module = Path(py_file)
        return f"{module.stem}_{sha256_hex(module.read_bytes())[:_NUM_DIGITS]}"


@contextlib.contextmanager
def found_by_content() -> Iterator[None]:
    """Has functions that are cached in the block found so; `NUMBA_CACHE_DIR` goes before."""
    before = _config.CACHE_LOCATOR_CLASSES
    _config.CACHE_LOCATOR_CLASSES = before or ",".join(
        ("UserProvidedCacheLocator", f"{__name__}.{ByContent.__name__}", "InTreeCacheLocator")
    )
    try:
        yield
    finally:
        _config.CACHE_LOCATOR_CLASSES = before
