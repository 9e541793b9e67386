"""A page whose process dies is another page's beginning, as often as the contract allows."""

import contextlib
import re
from dataclasses import replace

import psutil
import pytest
from live.conftest import QUICK, ended

from aivj.errors import RestartLimitError, WorkerLostError


@pytest.fixture
def kill_renderers(newcomers):
    """Ends the processes that show pages, of browsers that the test started.

    One was there a moment ago, to ask for it; others come and go meanwhile.
    """

    def kill():
        num_killed = 0
        while not num_killed:
            for process, command in newcomers():
                with contextlib.suppress(psutil.Error):
                    if "--type=renderer" in command:
                        process.kill()
                        num_killed += 1

    return kill


def test_a_page_that_crashes_is_replaced_by_another(fake_own_browser, kill_renderers):
    ran = fake_own_browser("crash", after=4, on_crash=kill_renderers)

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    assert ran.meta.timing.browser_restart_count == 1
    assert "[page] crash" in ran.log
    events = (ran.directory.path / "playwright-events-tested.log").read_text()
    assert re.search(r"^\d{4}-\d\d-\d\dT[\d:.]+Z \[crash\] http://", events, re.MULTILINE)


def test_a_page_that_crashes_whenever_it_is_replaced(fake_own_browser, kill_renderers):
    live = replace(QUICK, browser_max_restarts=0)

    ran = fake_own_browser("crash", after=3, live=live, on_crash=kill_renderers)

    error = ended(ran, "FATAL_BROWSER_RESTART_LIMIT", "sampling")
    assert isinstance(error, RestartLimitError)


def test_a_page_that_crashes_while_it_is_brought_up(fake_own_browser, kill_renderers):
    live = replace(QUICK, stuck_max_restarts=0)

    ran = fake_own_browser("crash", after=0, live=live, on_crash=kill_renderers)

    error = ended(ran, "FATAL_PLAYWRIGHT_CRASH", "webgl_probe:tested")
    assert isinstance(error, WorkerLostError)
