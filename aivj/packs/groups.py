"""Groups of numbered things: those that are joined, directly or through others, belong together."""

from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


class Groups:
    """Disjoint sets of the numbers 0 to `num` - 1, each alone at first (union-find)."""

    def __init__(self, num: int) -> None:
        self._parent = list(range(num))

    def root(self, item: int) -> int:
        """Returns the member that stands for the group of `item`."""
        parent = self._parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        """Makes one group of two. The smallest member stands for a group."""
        one, other = sorted((self.root(one), self.root(other)))
        self._parent[other] = one

    def join_equal(self, keys: Iterable[Hashable]) -> None:
        """Joins the items that have the same key; None is nobody's key."""
        first: dict[Hashable, int] = {}
        for item, key in enumerate(keys):
            if key is not None:
                self.join(item, first.setdefault(key, item))

    def labels(self) -> IntArray:
        """Returns a group number for each item, 0 to the number of groups - 1."""
        roots = [self.root(item) for item in range(len(self._parent))]
        return np.unique(np.array(roots, dtype=np.int64), return_inverse=True)[1].astype(np.int64)
