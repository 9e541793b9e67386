"""One person's judging of one pack: what is shown, what was said, and the log of it.

A judgement is on the disk before anything else learns of it; the next session goes on from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Self

from aivj.contracts.json_text import iso_utc, parse_time
from aivj.contracts.preferences import (
    PairRef,
    Preference,
    PreferenceLog,
    Retraction,
    Side,
    read_preferences,
)
from aivj.errors import InputError
from aivj.preferences.belief import Belief, Couple
from aivj.preferences.bradley_terry import Prior

Verdict = Side | Literal["neither"]
"""Which of the two is better."""

_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Progress:
    """How far judging is.

    Attributes:
        num_comparisons: Judgements of this pack that stand, of all people.
        num_today: Those that this person made since midnight.
        order_certainty01: How sure the order is: 0.5 when it is a guess, 1 when it is known.
    """

    num_comparisons: int
    num_today: int
    order_certainty01: float


class JudgingSession:
    """Shows couples and takes verdicts. Judgements of other packs in the log are left alone.

    Attributes:
        pack: Name of the pack.
        by: Who judges.
        number: Grows with every couple that is shown, so that an answer can name what it is to.
        couple: What is shown; None when fewer than two pairs can be.
        num_bad_lines: Lines of the log that could not be read.
    """

    def __init__(
        self,
        log: Path,
        *,
        pack: str,
        pairs: Sequence[int],
        by: str,
        clip: str,
        prior: Prior,
        seed: int,
        now: Callable[[], datetime],
    ) -> None:
        """Opens the log, or creates it, and chooses the first couple.

        Args:
            log: The `preferences.jsonl`.
            pack: Name of the pack.
            pairs: Ids of its pairs.
            by: Who judges.
            clip: Name of the music that both pairs hear.
            prior: What is believed of the pairs, in their order.
            seed: The same seed and log show the same couple.
            now: Tells the time, with its zone.

        Raises:
            InputError: The pack has fewer than two pairs.
            StorageError: The log cannot be written.
        """
        if len(pairs) < 2:  # noqa: PLR2004 - a couple
            raise InputError(
                f"at least two pairs in pack {pack!r}",
                f"{len(pairs)}",
                "name a pack with more pairs: one alone cannot be better",
            )
        self.pack, self.by, self.number = pack, by, 0
        self._clip, self._now = clip, now
        self._log = PreferenceLog(log, fsync=True)
        read = read_preferences(log)
        self.num_bad_lines = read.num_bad_lines
        known = {PairRef(pack=pack, pair=pair) for pair in pairs}
        self._rows = [row for row in read.rows if {row.winner, row.loser} <= known]
        self._latest = max((parse_time(row.at) for row in self._mine()), default=None)
        self._skipped: list[int] = []
        self._left_out: set[int] = set()
        self._belief = Belief(pairs, prior, seed)
        self._belief.learn(self._rows)
        self.couple = _couple_of(self._rows[-1]) if self._rows else None
        self._show_next()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()

    @property
    def can_undo(self) -> bool:
        """Whether there is a judgement of this person's to take back."""
        return bool(self._mine())

    def progress(self) -> Progress:
        """Returns how far judging is."""
        today = self._now().astimezone().date()
        days = [parse_time(row.at).astimezone().date() for row in self._mine()]
        certainty = self._belief.order_certainty01()
        return Progress(len(self._rows), days.count(today), certainty)

    def ranking(self) -> list[int]:
        """Returns the ids of the pairs that were compared, the best first."""
        return self._belief.ranking()

    def judge(self, verdict: Verdict) -> None:
        """Writes what the person said of the couple, and shows the next one.

        Raises:
            InputError: No couple is shown.
            StorageError: The disk did not take it; the couple stays.
        """
        couple = self._shown()
        side: Side = "right" if verdict == "right" else "left"
        left, right = couple.left, couple.right
        winner, loser = (right, left) if side == "right" else (left, right)
        row = Preference(
            winner=PairRef(pack=self.pack, pair=winner),
            loser=PairRef(pack=self.pack, pair=loser),
            tie=verdict == "neither",
            by=self.by,
            at=self._next_time(),
            clip=self._clip,
            shown=side,
        )
        self._log.append(row)
        self._rows.append(row)
        self._belief.learn(self._rows)
        self._show_next()

    def skip(self) -> None:
        """Shows the next couple; nothing is written.

        Raises:
            InputError: No couple is shown.
        """
        self._skipped.extend(self._shown().pairs)
        self._show_next()

    def leave_out(self, pair: int) -> None:
        """Shows a couple without a pair that cannot be drawn, which stays out in this session.

        Raises:
            InputError: The pair is not shown.
        """
        couple = self._shown()
        if pair not in couple.pairs:
            raise InputError(
                f"pair {couple.left} or {couple.right}, which are shown",
                f"pair {pair}",
                "reload the page",
            )
        self._left_out.add(pair)
        self._show_next()

    def undo(self) -> None:
        """Takes the person's last judgement back, and shows its couple again.

        Raises:
            InputError: There is none.
            StorageError: The disk did not take it; the judgement stands.
        """
        if not self.can_undo:
            raise InputError(
                f"a judgement by {self.by}", "none", "judge first, then it can be taken back"
            )
        row = self._mine()[-1]
        self._log.append(Retraction(retracts=row.at, by=row.by, at=iso_utc(self._now())))
        self._rows = [other for other in self._rows if (other.by, other.at) != (row.by, row.at)]
        self._belief.learn(self._rows)
        self._show(_couple_of(row))

    def _mine(self) -> list[Preference]:
        return [row for row in self._rows if row.by == self.by]

    def _shown(self) -> Couple:
        if self.couple is None:
            raise InputError(
                "a couple on show", "none", "mend the presets that cannot be drawn, and start again"
            )
        return self.couple

    def _show_next(self) -> None:
        couple = self._belief.next_couple(
            len(self._rows) + len(self._skipped) + len(self._left_out),
            skipped=self._skipped,
            left_out=self._left_out,
            just_shown=self.couple.pairs if self.couple is not None else frozenset(),
        )
        self._show(couple)

    def _show(self, couple: Couple | None) -> None:
        self.couple = couple
        self.number += 1

    def _next_time(self) -> str:
        """Returns the time, later than any this person judged at: it names the judgement."""
        now = self._now()
        self._latest = now if self._latest is None else max(now, self._latest + _TICK)
        return iso_utc(self._latest)


def _couple_of(row: Preference) -> Couple:
    winner, loser = row.winner.pair, row.loser.pair
    return Couple(loser, winner) if row.shown == "right" else Couple(winner, loser)
