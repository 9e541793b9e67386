"""A person's session: what it shows, what it writes, and how it goes on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aivj.contracts.preferences import (
    PairRef,
    Preference,
    PreferenceLog,
    Retraction,
    read_preferences,
)
from aivj.errors import InputError, StorageError
from aivj.preferences.bradley_terry import Prior
from aivj.preferences.judging import JudgingSession

PAIRS = (0, 3, 6, 9, 12, 15)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def log(tmp_path) -> Path:
    return tmp_path / "pack" / "preferences.jsonl"


@pytest.fixture
def opened(log):
    """Opens sessions on the log, with a clock that stands still unless it is told otherwise."""
    sessions = []

    def opened(*, by="ada", now=NOON, seed=0, pairs=PAIRS) -> JudgingSession:
        session = JudgingSession(
            log,
            pack="p",
            pairs=pairs,
            by=by,
            clip="groove",
            prior=Prior.ignorant(len(pairs)),
            seed=seed,
            now=lambda: now,
        )
        sessions.append(session)
        return session

    yield opened
    for session in sessions:
        with session:
            pass


def row(winner: int, loser: int, *, by="bob", at="2026-11-24T09:00:00.000Z", pack="p"):
    refs = [PairRef(pack=pack, pair=pair) for pair in (winner, loser)]
    return Preference(winner=refs[0], loser=refs[1], by=by, at=at)


def write(log: Path, *rows) -> None:
    with PreferenceLog(log) as file:
        for each in rows:
            file.append(each)


@pytest.mark.parametrize(
    ("verdict", "winner", "tie", "shown"),
    [
        ("left", "left", False, "left"),
        ("right", "right", False, "right"),
        ("neither", "left", True, "left"),
    ],
)
def test_a_verdict_is_written_as_it_was_meant(opened, log, verdict, winner, tie, shown):
    session = opened()
    couple, number = session.couple, session.number
    session.judge(verdict)
    [written] = read_preferences(log).rows
    loser = "right" if winner == "left" else "left"
    assert (written.winner.pair, written.loser.pair) == (
        getattr(couple, winner),
        getattr(couple, loser),
    )
    assert (written.winner.pack, written.loser.pack) == ("p", "p")
    assert (written.tie, written.shown, written.clip) == (tie, shown, "groove")
    assert (written.by, written.at) == ("ada", "2026-11-25T12:00:00.000Z")
    assert session.number == number + 1
    assert not session.couple.pairs & couple.pairs


def test_undo_brings_the_couple_back_as_it_stood(opened, log):
    session = opened()
    for verdict in ("right", "left", "right", "neither"):
        session.judge(verdict)
        judged = session.couple
    shown = []
    for verdict in ("right", "left", "right"):
        shown.append(session.couple)
        session.judge(verdict)
    for expected in reversed(shown):
        session.undo()
        assert session.couple == expected
    assert session.couple == judged
    assert len(read_preferences(log).rows) == 4
    assert session.progress().num_comparisons == 4


def test_a_judgement_after_undo_stands_although_the_clock_did_not_move(opened, log):
    session = opened()
    session.judge("left")
    session.undo()
    couple = session.couple
    session.judge("right")
    [written] = read_preferences(log).rows
    assert written.winner.pair == couple.right
    assert read_preferences(log).num_retracted == 1


def test_times_of_one_person_differ_even_if_the_clock_goes_back(opened, log):
    session = opened()
    for _ in range(3):
        session.judge("left")
    earlier = opened(now=NOON - timedelta(hours=1))
    earlier.judge("left")
    times = [row.at for row in read_preferences(log).rows]
    assert times == sorted(set(times))


def test_only_ones_own_judgements_are_taken_back(opened, log):
    write(log, row(0, 3, by="ada"), row(6, 9, by="bob"))
    session = opened(by="ada")
    assert session.can_undo
    session.undo()
    assert session.couple.pairs == {0, 3}
    assert [each.by for each in read_preferences(log).rows] == ["bob"]
    assert not session.can_undo
    with pytest.raises(InputError, match="a judgement by ada"):
        session.undo()


def test_a_new_session_goes_on_where_the_last_one_was(opened, log):
    session = opened()
    for verdict in ("left", "right", "neither", "left"):
        session.judge(verdict)
    couple, progress, ranking = session.couple, session.progress(), session.ranking()
    again = opened()
    assert (again.couple, again.progress(), again.ranking()) == (couple, progress, ranking)
    assert progress.num_comparisons == progress.num_today == 4
    assert log.read_bytes().count(b"\n") == 4


def test_progress_counts_everybody_but_today_only_oneself(opened, log):
    write(
        log,
        row(0, 3, by="bob", at="2026-11-25T11:00:00.000Z"),
        row(0, 6, by="ada", at="2026-11-22T11:00:00.000Z"),
        row(0, 9, by="ada", at="2026-11-25T11:00:00.000Z"),
        row(0, 9, by="ada", at="2026-11-25T11:00:01.000Z"),
        Retraction(retracts="2026-11-25T11:00:01.000Z", by="ada"),
        row(0, 9, pack="q"),
        row(0, 99),
    )
    session = opened()
    progress = session.progress()
    assert (progress.num_comparisons, progress.num_today) == (3, 1)
    assert progress.order_certainty01 > 0.5
    assert session.ranking()[0] == 0
    assert sorted(session.ranking()) == [0, 3, 6, 9]


def test_nothing_known_is_a_guess(opened):
    assert opened().progress().order_certainty01 == 0.5
    assert opened().ranking() == []


def test_what_others_judged_is_asked_for_less(opened, log):
    write(log, row(0, 3), row(6, 9))
    assert opened().couple.pairs == {12, 15}


def test_a_skipped_couple_is_not_written_and_rests(opened, log):
    session = opened()
    couples = []
    for _ in range(3):
        couples.append(session.couple)
        session.skip()
    assert log.read_bytes() == b""
    assert frozenset().union(*(couple.pairs for couple in couples)) == set(PAIRS)


def test_a_pair_that_cannot_be_drawn_is_never_seen_again(opened, log):
    session = opened()
    failed = session.couple.left
    session.leave_out(failed)
    for _ in range(12):
        assert failed not in session.couple.pairs
        session.judge("left")
    with pytest.raises(InputError, match="which are shown"):
        session.leave_out(failed)
    assert failed not in {row.winner.pair for row in read_preferences(log).rows}


def test_with_one_pair_left_there_is_nothing_to_ask_but_undo_still_works(opened):
    session = opened(pairs=(0, 3, 6))
    session.judge("left")
    session.leave_out(session.couple.left)
    session.leave_out(session.couple.left)
    assert session.couple is None
    for answer in (session.skip, lambda: session.judge("left"), lambda: session.leave_out(0)):
        with pytest.raises(InputError, match="a couple on show"):
            answer()
    session.undo()
    assert session.couple is not None


def test_seeds_choose_other_couples_and_sides(opened):
    assert opened(seed=1).couple == opened(seed=1).couple
    assert len({opened(seed=seed).couple for seed in range(8)}) > 4


def test_one_pair_is_refused(opened):
    with pytest.raises(InputError, match="at least two pairs in pack 'p'"):
        opened(pairs=(4,))


def test_bad_lines_are_counted_and_left_alone(opened, log):
    write(log, row(0, 3))
    text = log.read_bytes() + b"{broken}\n"
    log.write_bytes(text)
    session = opened()
    assert session.num_bad_lines == 1
    session.judge("left")
    assert log.read_bytes().startswith(text)


def test_a_judgement_that_cannot_be_written_was_not_made(opened, log):
    session = opened()
    couple, number = session.couple, session.number
    session._log.close()
    session._log._file = log.open("rb", buffering=0)
    with pytest.raises(StorageError):
        session.judge("left")
    assert (session.couple, session.number, session.can_undo) == (couple, number, False)
