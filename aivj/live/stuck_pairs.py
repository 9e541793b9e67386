"""Pairs that a page did not show. Late ones are set aside and tried once more before they fail."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from aivj.contracts.json_text import document_bytes, iso_utc
from aivj.contracts.run_folder import STUCK_PAIRS_NAME
from aivj.contracts.stuck_pairs import StuckPair, StuckPairsReport, read_stuck_pairs
from aivj.runs.clock import Clock
from aivj.sampling.packs import SamplePack
from aivj.storage import write_atomic

MOST_TRIES = 2
"""How often a pair may time out on a page that shows others before it has failed."""


class StuckPairs:
    """Counts, for all pages of a run, how often each pair timed out, and writes it down.

    What the run's report says of pairs already stays in it; they are counted anew.

    Args:
        folder: Of the run; it gets `stuck-pairs.json` with the first pair.
        clock: The time.

    Raises:
        InputError: The report that is there is none.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / STUCK_PAIRS_NAME
        self._clock = clock
        self._num_times: Counter[tuple[str, int]] = Counter()
        earlier = read_stuck_pairs(self._path).pairs if self._path.exists() else []
        self._pairs = {(each.pack, each.pair): each for each in earlier}

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
        self._write(pack, pair, "pick-timeout", why, has_failed=self._num_times[key] >= MOST_TRIES)
        return self._num_times[key]

    def not_shown(self, pack: SamplePack, pair: int, why: str) -> None:
        """Notes that the page said it cannot show a pair. Raises as `timed_out` does."""
        self._write(pack, pair, "not-shown", why, has_failed=True)

    def _write(
        self,
        pack: SamplePack,
        pair: int,
        kind: Literal["pick-timeout", "not-shown"],
        why: str,
        *,
        has_failed: bool,
    ) -> None:
        listed = pack.pairs[pair]
        self._pairs[pack.name, pair] = StuckPair(
            pack=pack.name,
            pair=pair,
            fg_url=listed.fg_url,
            bg_url=listed.bg_url,
            kind=kind,
            num_timeouts=self._num_times[pack.name, pair],
            has_failed=has_failed,
            why=why,
        )
        now = iso_utc(self._clock.now())
        report = StuckPairsReport(generated_at=now, pairs=list(self._pairs.values()))
        write_atomic(self._path, document_bytes(report))
