"""Pairs that a page did not show in time: set aside, tried once more at the end, then failures."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.stuck_pairs import StuckPair, StuckPairsReport
from aivj.sampling.clock import Clock
from aivj.sampling.packs import SamplePack
from aivj.storage import write_atomic

MOST_TRIES = 2
"""How often a pair may time out on a page that shows others before it has failed."""

STUCK_NAME = "stuck-pairs.json"


class StuckPairs:
    """Counts, for all pages of a run, how often each pair timed out, and writes it down.

    Args:
        folder: Of the run; it gets `stuck-pairs.json` with the first pair.
        clock: The time.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / STUCK_NAME
        self._clock = clock
        self._num_times: Counter[tuple[str, int]] = Counter()
        self._pairs: dict[tuple[str, int], StuckPair] = {}

    def aside(self, pack: str) -> Collection[int]:
        """Returns the pairs that wait for the end."""
        return {pair for name, pair in self._num_times if name == pack}

    def timed_out(self, pack: SamplePack, pair: int, why: str) -> int:
        """Notes that it was the pair that did not come, not the page; returns how often by now.

        Raises:
            StorageError: The disk did not take it.
        """
        key = (pack.name, pair)
        self._num_times[key] += 1
        listed = pack.pairs[pair]
        self._pairs[key] = StuckPair(
            pack=pack.name,
            pair=pair,
            fg_url=listed.fg_url,
            bg_url=listed.bg_url,
            num_timeouts=self._num_times[key],
            has_failed=self._num_times[key] >= MOST_TRIES,
            why=why,
        )
        now = iso_utc(self._clock.now())
        report = StuckPairsReport(generated_at=now, pairs=list(self._pairs.values()))
        write_atomic(self._path, document_bytes(report))
        return self._num_times[key]
