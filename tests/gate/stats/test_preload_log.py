import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.gate.stats import read_preload_log

NOT_NEGATIVE = st.floats(0, 1e6)


@settings(deadline=None)
@given(NOT_NEGATIVE, st.integers(0, 10**9), NOT_NEGATIVE, st.floats(0, 1))
def test_one_line_may_hold_all(frame_ms, size, batch_ms, aggressiveness):
    line = (
        f"[Preload] batch done in {batch_ms}ms frame-time {frame_ms}ms batch={size} "
        f"aggr={aggressiveness}"
    )
    log = read_preload_log([line])
    assert log.frame_times_ms == (frame_ms,)
    assert log.batch_sizes == (size,)
    assert log.batch_times_ms == (batch_ms,)
    assert log.aggressiveness == (aggressiveness,)
    assert log.num_bad_lines == 0


@settings(deadline=None)
@given(
    st.lists(
        st.text()
        | st.sampled_from(["frame-time ", "batch=", "aggr="]).flatmap(
            lambda marker: st.text().map(lambda tail: marker + tail)
        )
    )
)
def test_any_text_is_read(lines):
    log = read_preload_log(lines)
    assert log.num_lines == len(lines)
    assert log.num_bad_lines <= log.num_lines


def test_every_form():
    log = read_preload_log(
        [
            "[Preload] Skip a.milk",
            "[Preload] batchSize 4",
            "[Preload] batchSize: 3, frame-time=16.5ms",
            "[Preload] Failed: Geiss (v2).milk (timeout (8 s))",
            "[Preload] Failed: b.milk (http 404)",
            "a line of another",
        ]
    )
    assert log.num_skipped == 1
    assert log.batch_sizes == (4, 3)
    assert log.frame_times_ms == (16.5,)
    assert log.failure_reasons == ("timeout (8 s)", "http 404")
    assert log.num_bad_lines == 0


@pytest.mark.parametrize(
    "line",
    [
        "frame-time NaNms",
        "frame-time -3ms",
        "frame-time 16",
        "frame-time 16s",
        "batchSize many",
        "batch=-1",
        "batch=1.5",
        "[Preload] batch done in ms",
        "[Preload] Failed: without a reason",
        "aggr=1.5",
        "aggr=NaN",
    ],
)
def test_a_bad_line_is_counted_and_gives_nothing(line):
    log = read_preload_log([line, "frame-time 16ms"])
    assert log.num_bad_lines == 1
    assert log.frame_times_ms == (16.0,)
    others = (log.batch_sizes, log.batch_times_ms, log.aggressiveness, log.failure_reasons)
    assert others == ((), (), (), ())
