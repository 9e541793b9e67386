"""A run from its beginning to its end, counted and noted, however often it was broken off."""

from dataclasses import dataclass

import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.run_meta import read_run_meta
from aivj.errors import InputError, ItemError, NoSamplesError, RunError, SilentAudioError
from aivj.runs.clock import Clock
from aivj.runs.log import RunLog
from aivj.runs.open_run import SampleSummary, open_run

TRAP = ItemError("script-error", "a preset", "a trap", "repair it")
CRASH = ItemError("browser-crash", "a browser", "none", "look at it")


@dataclass
class Hours:
    """A clock that stands still until it is set."""

    now: float = 0

    def clock(self):
        return Clock(wall_s=lambda: self.now * 3600, monotonic_s=lambda: self.now * 3600)


def row(pair):
    return EvalRow(t_ms=1, pack="one", pair=pair, ok_heuristic=True, reasons=[])


@pytest.fixture
def opened(fresh, directory):
    def opened(meta=fresh, *, retry_failed=False, on_progress=lambda _: None, hours=None):
        return open_run(
            meta,
            directory,
            RunLog,
            retry_failed=retry_failed,
            on_progress=on_progress,
            clock=(hours or Hours()).clock(),
        )

    return opened


def test_rows_and_failures_are_counted_until_the_target_is_met(opened, directory):
    looks = []
    with opened(on_progress=looks.append) as run:
        tally = run.tally
        tally.add_row(row(0), b"RIFF")
        tally.report("one")
        tally.add_failure("one", 3, CRASH, iteration=1, num_attempts=3)
        tally.add_failure("one", 3, TRAP, iteration=2)
        assert (tally.num_done("one"), tally.num_left("one"), tally.is_complete) == (2, 1, False)
        tally.add_row(row(2))
        assert tally.visits("one") == {0: 1, 2: 1, 3: 1}
        tally.end_pack("one")

    assert SampleSummary.of(tally) == SampleSummary(directory, 2, 1, 3, is_complete=True)
    assert [(look.num_done, look.num_target) for look in looks] == [(1, 3)]
    [failure] = directory.failures()
    assert (failure.kind, failure.num_attempts, failure.quarantined) == ("browser-crash", 3, True)
    assert directory.thumbnail_path("one", 0).read_bytes() == b"RIFF"
    assert directory.visits() == {("one", 0): 1, ("one", 2): 1, ("one", 3): 1}
    meta = read_run_meta(directory.meta_path)
    assert (meta.progress["one"].visited, meta.progress["one"].done) == (3, True)
    assert meta.finished_at is not None
    assert directory.parquet_path.exists()
    assert "[eval] pack=one done visited=3/3\n" in directory.log_path.read_text()


def test_so_many_samples_count_picks(opened, fresh):
    with opened(fresh.model_copy(update={"target_samples": 5})) as run:
        for _ in range(4):
            run.tally.add_row(row(0))
        assert (run.tally.num_done("one"), run.tally.num_left("one")) == (4, 1)


def test_what_ends_it_is_noted_and_stays_noted_when_it_goes_on(opened, directory):
    def end_silent():
        with opened() as run:
            run.tally.add_row(row(0))
            run.record.phase = "sampling"
            raise SilentAudioError("music", "silence", "play it")

    with pytest.raises(SilentAudioError):
        end_silent()

    ended = read_run_meta(directory.meta_path).error
    assert (ended.code, ended.pack, ended.phase) == ("FATAL_AUDIO", "one", "sampling")
    assert "[eval] FATAL FATAL_AUDIO " in directory.log_path.read_text()
    assert not directory.parquet_path.exists()

    with opened() as run:
        run.tally.note_resumed()
        assert run.tally.num_left("one") == 2
    meta = read_run_meta(directory.meta_path)
    assert meta.error is None
    assert [each.code for each in meta.errors] == ["FATAL_AUDIO"]
    assert "resume: pack=one lines=1 uniquePairs=1" in directory.log_path.read_text()


def test_nobody_else_writes_it_meanwhile(opened, directory):
    with opened():
        assert directory.is_being_written
        with pytest.raises(RunError, match="only one writing"), opened():
            pass
    assert not directory.is_being_written


def test_another_seed_is_another_run(opened, fresh, directory):
    with opened():
        pass
    before = directory.meta_path.read_bytes()
    other = fresh.model_copy(update={"seed": 8})
    with pytest.raises(InputError, match="same seed"), opened(other):
        pass
    assert directory.meta_path.read_bytes() == before


def test_failures_that_may_heal_are_forgotten_when_they_are_tried_again(opened, directory):
    with opened() as run:
        run.tally.add_failure("one", 0, TRAP, iteration=0)
        run.tally.add_failure("one", 1, CRASH, iteration=1, num_attempts=3)
    assert directory.has_failures_that_may_heal
    with opened(retry_failed=True) as run:
        assert not run.tally.has_failed("one", 1)
        assert run.tally.has_failed("one", 0)
    assert not directory.has_failures_that_may_heal


def test_without_a_measurement_only_the_time_excuses(opened):
    hours = Hours()
    with opened(hours=hours) as run:
        with pytest.raises(NoSamplesError, match="no measurement"):
            run.tally.end_pack("one")
        hours.now = 1
        assert run.tally.is_out_of_time
        run.tally.end_pack("one")
