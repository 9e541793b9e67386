import json

from hypothesis import given, settings
from hypothesis import strategies as st

from aivj.contracts.json_text import document_bytes
from aivj.gate.stats import frame_time_stat, read_preload_log


def stat(*frame_times_ms):
    log = read_preload_log([f"frame-time {time_ms}ms" for time_ms in frame_times_ms])
    return frame_time_stat(log, source="logs/preload.log")


def test_the_document():
    document = json.loads(document_bytes(stat(*range(1, 101))))
    figures = {"log", "n", "minMs", "maxMs", "p50Ms", "p90Ms", "p95Ms", "p99Ms"}
    assert {name: document[name] for name in figures} == {
        "log": "logs/preload.log",
        "n": 100,
        "minMs": 1,
        "maxMs": 100,
        "p50Ms": 50,
        "p90Ms": 90,
        "p95Ms": 95,
        "p99Ms": 99,
    }
    assert document["verdict"] == "pass"
    assert [column["fromMs"] for column in document["histogram"]] == [
        0, 16, 33, 50, 66, 83, 100, 117, 133, 150, 200, 300, 500, 1000,
    ]  # fmt: skip
    assert document["histogram"][0] == {"fromMs": 0, "toMs": 16, "count": 15}
    assert document["histogram"][-1] == {"fromMs": 1000, "toMs": None, "count": 0}


def test_too_few_are_measured_and_do_not_pass():
    assert stat(*[16] * 20).verdict == "pass"
    few = stat(*[16] * 19)
    assert (few.verdict, few.p95_ms) == ("not-applicable", 16)
    none = stat()
    assert (none.verdict, none.n, none.min_ms, none.p95_ms) == ("not-applicable", 0, None, None)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e5)))
def test_every_frame_is_in_one_column(frame_times_ms):
    result = stat(*frame_times_ms)
    assert sum(column.count for column in result.histogram) == len(frame_times_ms) == result.n
