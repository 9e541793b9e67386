"""Which pairs of a pack were visited, in a bit a pair."""

_MAX_BITS = 1 << 24


class PairSet:
    """A set of pair ids that stays small for a million of them; ids far out are kept as they are.

    Attributes:
        num: How many are in it.
    """

    def __init__(self) -> None:
        self.num = 0
        self._bits = bytearray()
        self._others: set[int] = set()

    def add(self, pair: int) -> bool:
        """Puts an id in; returns whether it was not there."""
        if pair in self:
            return False
        self.num += 1
        if not 0 <= pair < _MAX_BITS:
            self._others.add(pair)
            return True
        place, bit = divmod(pair, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << bit
        return True

    def __contains__(self, pair: int) -> bool:
        if not 0 <= pair < _MAX_BITS:
            return pair in self._others
        place, bit = divmod(pair, 8)
        return place < len(self._bits) and bool(self._bits[place] >> bit & 1)
