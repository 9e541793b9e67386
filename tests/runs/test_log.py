"""Every line that is written has a form that its readers know."""

import pytest

from aivj.contracts.run_folder import MAX_LOG_CHARS, log_entries, page_message
from aivj.contracts.run_meta import PackProgress, WebGl
from aivj.live.live_log import LiveLog
from aivj.live.page_answers import PickAnswer, Shown

PROGRESS = PackProgress(iter=50, visited=40, target=99, elapsed_min=3.14, target_mode="coverage")
STUCK = PickAnswer(outcome="presetIds", error="it is\nlate", shown=Shown(status="loading"))
LINES = {
    "resumed": lambda log: log.resumed(4, {"one": (4, 3)}),
    "pack begins": lambda log: log.pack_begins("one", "pairs-manifest.v0.json", 12),
    "heard": lambda log: log.heard("one", "click", ok=True, rms=0.1, peak=0.5),
    "drawn by": lambda log: log.drawn_by("one", WebGl(ok=True, renderer="llvmpipe {}")),
    "self-test": lambda log: log.self_test_ok("one"),
    "restarted": lambda log: log.restarted("one", 1, 20, "gpu-crash", "it\ndied"),
    "failed": lambda log: log.failed("one", 3, "script-error: a\ntrap"),
    "progress": lambda log: log.progress("one", PROGRESS),
    "out of time": lambda log: log.out_of_time(0.12),
    "all pairs": lambda log: log.pack_ends("one", PROGRESS),
    "so many": lambda log: log.pack_ends(
        "one", PROGRESS.model_copy(update={"target_mode": "samples"})
    ),
    "fatal": lambda log: log.fatal("FATAL_AUDIO", "no\nsound"),
    "server there": lambda log: log.server("http://127.0.0.1:5174/", is_started=False),
    "server started": lambda log: log.server("http://127.0.0.1:5174/", is_started=True),
    "step": lambda log: log.step("one", "goto:try1/4"),
    "snapshot": lambda log: log.self_test_snapshot("one", "pick1", STUCK),
    "stuck": lambda log: log.stuck("one", 3, STUCK, 1, 3),
    "set aside": lambda log: log.set_aside("one", 3, 7, 1, 2),
    "given up": lambda log: log.set_aside("one", 3, 7, 2, 2),
    "recovering": lambda log: log.recovering("one", 1, 6),
    "reloading": lambda log: log.reloading("one", 800),
}


@pytest.fixture
def log(tmp_path):
    log = LiveLog(tmp_path / "vite.log")
    yield log
    log.close()


@pytest.mark.parametrize("write", LINES.values(), ids=LINES)
def test_a_line_is_known_again(log, tmp_path, write):
    write(log)
    lines = (tmp_path / "vite.log").read_text().splitlines()
    entries = log_entries(lines)
    assert len(entries) == len(lines) > 0
    assert [entry.text for entry in entries if not entry.has_known_form] == []


@pytest.mark.parametrize("kind", ["pageerror", "console.error", "crash"])
def test_what_a_page_says_is_cut(log, tmp_path, kind):
    log.event(kind, "x" * 9999)
    [line] = (tmp_path / "vite.log").read_text().splitlines()
    assert not log_entries([line])
    assert len(page_message(line).removeprefix("crash ")) == MAX_LOG_CHARS
