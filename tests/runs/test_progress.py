from types import SimpleNamespace

import pytest

from aivj.runs.progress import MIN_ROWS_TO_JUDGE, ProgressMeter


def row(*reasons, audio_response=0.1):
    return SimpleNamespace(reasons=list(reasons), audio_response=audio_response)


def test_rates_are_those_of_the_last_minute_and_of_the_whole():
    meter = ProgressMeter(num_before=10, num_target=500)
    meter.opened(100.0)
    for second in range(100, 160):
        meter.measured(row(), second)  # one a second
    for half_second in range(320, 440):
        meter.measured(row(), half_second / 2)  # two a second, from 160 to 220

    now = meter.look(220.0)

    assert now.num_done == 190
    assert now.recent_per_min == pytest.approx(120, abs=2)
    assert now.overall_per_min == pytest.approx(90, abs=1)
    assert now.eta_s == pytest.approx((500 - 190) / 2, abs=3)


def test_without_anything_done_there_is_no_rate():
    now = ProgressMeter(3, 10).look(5.0)

    assert (now.num_done, now.recent_per_min, now.overall_per_min, now.eta_s) == (3, 0, 0, None)


def test_failures_are_counted_by_kind_and_replacements():
    meter = ProgressMeter(0, 10)
    meter.opened(0.0)
    for kind in ("shader-link", "hung-page", "shader-link"):
        meter.failed(kind, 1.0)
    meter.replaced()

    now = meter.look(2.0)

    assert now.failures == {"shader-link": 2, "hung-page": 1}
    assert (now.num_done, now.num_rows, now.num_replaced) == (3, 0, 1)


@pytest.mark.parametrize(
    ("num_dark", "num_still", "words"),
    [(96, 0, "too dark"), (0, 96, "hardly move"), (90, 90, None)],
)
def test_a_pack_of_one_kind_is_said_so(num_dark, num_still, words):
    meter = ProgressMeter(0, 200)
    meter.opened(0.0)
    for number in range(100):
        reasons = ["too-dark"] * (number < num_dark) + ["low-motion"] * (number < num_still)
        meter.measured(row(*reasons), number)

    hint = meter.look(100.0).hint

    assert (words in hint) if words else hint is None


def test_few_rows_are_no_reason_to_judge():
    meter = ProgressMeter(0, 200)
    meter.opened(0.0)
    for number in range(MIN_ROWS_TO_JUDGE - 1):
        meter.measured(row("too-dark"), number)

    assert meter.look(60.0).hint is None


def test_rows_that_look_the_same_in_silence_are_deaf():
    meter = ProgressMeter(0, 4)
    # A runtime's own page draws nothing in silence, and so tells nothing.
    for audio_response in (0.0, 0.2, None, 1e-6):
        meter.measured(row(audio_response=audio_response), 1.0)

    assert meter.look(2.0).deaf_share == 0.25
