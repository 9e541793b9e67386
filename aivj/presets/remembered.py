"""A function whose results are remembered: presets share most of their keys, numbers and tokens.

`functools.lru_cache` would do; this is a plain dictionary for what is known already, in loops that
look up every line and token of a library.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_MAX_REMEMBERED = 65_536


class Remembered(dict[Key, Value], Generic[Key, Value]):
    """`remembered[key]` is `compute(key)`. Forgets everything when it knows too much."""

    def __init__(self, compute: Callable[[Key], Value]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, key: Key) -> Value:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        value = self[key] = self._compute(key)
        return value
