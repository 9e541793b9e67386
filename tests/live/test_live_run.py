from aivj.live.live_run import MAX_EVENTS, PageEvents
from aivj.runs.clock import Clock


def test_the_last_events_are_kept_each_in_a_line_with_its_time(tmp_path):
    events = PageEvents(tmp_path, Clock(wall_s=lambda: 86_400.5))
    for number in range(MAX_EVENTS + 3):
        events.add("pageerror", f"error\n{number}")

    events.write("tested")

    lines = (tmp_path / "playwright-events-tested.log").read_text().splitlines()
    assert len(lines) == MAX_EVENTS
    assert lines[0] == "1970-01-02T00:00:00.500Z [pageerror] error 3"
    assert lines[-1].endswith(f" {MAX_EVENTS + 2}")
