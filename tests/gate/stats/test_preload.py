import pytest

from aivj.gate.stats import preload_stat, read_preload_log


def stat(*frame_times_ms, more=()):
    return preload_stat(read_preload_log([*(f"frame-time {t}ms" for t in frame_times_ms), *more]))


@pytest.mark.parametrize(
    ("frame_times_ms", "verdict", "reason"),
    [
        ([16] * 95 + [34] * 5, "pass", "5 of 100 frames above 33 ms"),
        ([16] * 94 + [34] * 6, "fail", "6 of 100 frames above 33 ms"),
        ([33] * 20, "pass", "0 of 20 frames above 33 ms"),
        ([33.1] * 20, "fail", "20 of 20 frames above 33 ms"),
        ([16] * 19, "not-applicable", "19 frame times, 20 are needed"),
        ([], "not-applicable", "0 frame times, 20 are needed"),
    ],
)
def test_both_sides_of_the_thresholds(frame_times_ms, verdict, reason):
    result = stat(*frame_times_ms)
    assert (result.verdict, result.reason) == (verdict, reason)


def test_what_else_is_told():
    result = stat(
        20,
        40,
        more=[
            "[Preload] batchSize 2",
            "[Preload] batchSize 4",
            "[Preload] batch done in 30ms",
            "[Preload] Skip a",
            "[Preload] Failed: b (timeout)",
            "[Preload] Failed: c (timeout)",
            "batch=x",
        ],
    )
    assert (result.lag_rate, result.mean_batch_size, result.mean_batch_ms) == (0.5, 3, 30)
    assert (result.skipped, result.failed, result.failure_reasons) == (1, 2, {"timeout": 2})
    assert (result.num_lines, result.num_bad_lines) == (9, 1)
