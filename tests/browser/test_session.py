"""A real Chromium: what its pages do is told, and it goes with its owner."""

import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest

from aivj.browser import chromium as chromium_module
from aivj.browser import display as display_module
from aivj.browser.choice import choose_renderer
from aivj.browser.live_page import PageSetup
from aivj.browser.profiles import installed_egl_vendors, launch_plan
from aivj.browser.session import BrowserSession
from aivj.errors import ItemError, MissingDependencyError, RendererRefusedError, WorkerLostError


def software_session(**kwargs):
    plan = launch_plan("software-egl", egl_vendors=installed_egl_vendors(), **kwargs)
    return BrowserSession(plan, "software")


def browsers_among(found):
    return [(p, command) for p, command in found if "chrom" in command.partition(" ")[0]]


async def test_each_call_gets_a_fresh_page():
    async with software_session() as session:
        count = "() => { window.calls = (window.calls || 0) + 1; return window.calls; }"

        assert [(await session.call("about:blank", count, None, 5)).value for _ in range(3)] == [
            1
        ] * 3


async def test_what_playwright_turns_off_stays_off_and_chromium_shows_no_pages_of_its_own(
    newcomers,
):
    name = "--disable-features="
    async with software_session() as session:
        await session.call("about:blank", "() => 7", None, 5)
        arguments = [command.split() for _, command in browsers_among(newcomers())]
    assert not [each for each in arguments if "--top-chrome-webui" in " ".join(each)]
    browser = next(each for each in arguments if "--remote-debugging-pipe" in each)
    playwrights, ours = [
        set(each.removeprefix(name).split(",")) for each in browser if each.startswith(name)
    ]
    assert playwrights <= ours


SIZES = "() => [innerWidth, innerHeight, screen.width, screen.height, devicePixelRatio]"


@pytest.mark.parametrize("maximized", [False, True])
async def test_a_page_has_its_own_size_or_fills_the_screen(maximized):
    async with software_session(headed=True, maximized=maximized) as session:
        setup = PageSetup(width=640, height=480, device_scale_factor=1.5)
        page = await session.open_page(setup, lambda *_: None)
        await page.goto("about:blank", 20)
        width, height, *screen = await page.call(SIZES, None, 10)

    if not maximized:
        assert [width, height, *screen] == [640, 480, 640, 480, 1.5]
        return
    # The window's own bars are above the page.
    assert screen == [1280, 720, 1]
    assert width == pytest.approx(1280, abs=4)
    assert 500 < height < 720


async def test_errors_of_the_page_are_reported_with_the_answer():
    script = """argument => {
      console.error("shader", argument);
      setTimeout(() => { throw new Error("late"); }, 0);
      return new Promise(resolve => setTimeout(() => resolve(argument), 50));
    }"""
    async with software_session() as session:
        reply = await session.call("about:blank", script, "gone", 5)

    assert reply.value == "gone"
    assert reply.console_errors == ["shader gone"]
    assert [error for error in reply.page_errors if "late" in error]


async def test_a_throwing_page_fails_the_item_and_spares_the_browser():
    async with software_session() as session:
        with pytest.raises(ItemError, match="no such preset") as caught:
            await session.call("about:blank", "() => { throw Error('no such preset'); }", None, 5)

        assert caught.value.kind == "page-error"
        assert not isinstance(caught.value, WorkerLostError)
        assert (await session.call("about:blank", "() => 7", None, 5)).value == 7


async def test_a_hung_page_loses_the_worker_and_dies_with_it(newcomers):
    session = software_session()
    await session.open()
    with pytest.raises(WorkerLostError) as caught:
        await session.call("about:blank", "() => { while (true) {} }", None, 1)
    assert caught.value.kind == "hung-page"

    await session.close()

    assert browsers_among(newcomers()) == []


async def endless_call(session):
    """A call that has no end, once it has begun."""
    has_begun = asyncio.Event()
    session._tab._page.on("console", lambda _: has_begun.set())
    script = "() => { console.info('begun'); return new Promise(() => {}); }"
    call = asyncio.ensure_future(session.call("about:blank", script, None, 120))
    await has_begun.wait()
    return call


async def test_a_crashed_page_loses_the_worker(newcomers):
    async with software_session() as session:
        call = await endless_call(session)
        for process, command in newcomers():
            if "--type=renderer" in command:
                process.kill()
        with pytest.raises(WorkerLostError) as caught:
            await call
    assert caught.value.kind == "page-crash"


async def test_a_page_that_does_not_load_loses_the_worker():
    async with software_session() as session:
        with pytest.raises(WorkerLostError) as caught:
            await session.call("http://127.0.0.1:9/", "() => 1", None, 5)
    assert caught.value.kind == "page-load"


async def test_a_killed_browser_loses_the_worker(newcomers):
    async with software_session() as session:
        pids = [process.pid for process, _ in browsers_among(newcomers())]
        call = await endless_call(session)
        os.killpg(os.getpgid(min(pids)), signal.SIGKILL)
        with pytest.raises(WorkerLostError):
            await call


async def test_headed_on_a_display_of_its_own(monkeypatch, newcomers):
    monkeypatch.delenv("DISPLAY", raising=False)
    async with software_session(headed=True) as session:
        size = (await session.call("about:blank", "() => screen.width", None, 5)).value
        servers = [process for process, _ in newcomers() if process.name() == "Xvfb"]
        assert (size, len(servers)) == (1280, 1)

    assert not psutil.pid_exists(servers[0].pid) or servers[0].status() == psutil.STATUS_ZOMBIE


async def test_missing_programs_are_named(monkeypatch):
    monkeypatch.setattr(chromium_module.shutil, "which", lambda _: None)
    with pytest.raises(MissingDependencyError, match="make setup"):
        await software_session().open()

    monkeypatch.undo()
    which = display_module.shutil.which
    monkeypatch.setattr(display_module.shutil, "which", lambda p: None if p == "Xvfb" else which(p))
    with pytest.raises(MissingDependencyError, match="xvfb"):
        await software_session(headed=True).open()


async def test_a_required_gpu_is_refused_here():
    with pytest.raises(RendererRefusedError, match="--gpu software"):
        await choose_renderer("require")


async def test_auto_says_what_it_tried():
    choice = await choose_renderer("auto")

    assert choice.policy == "software"
    assert [line.partition(":")[0] for line in choice.rejected] == ["headed-vulkan", "headless-egl"]
    assert not [line for line in choice.rejected if "--use-" in line]


OWNER = """
import asyncio, sys
from aivj.browser.profiles import launch_plan, installed_egl_vendors
from aivj.browser.session import BrowserSession
async def main():
    plan = launch_plan("software-egl", headed=True, egl_vendors=installed_egl_vendors())
    await BrowserSession(plan, "software").open()
    print("open", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def test_nothing_outlives_a_killed_owner():
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout.readline().strip() == "open"
        children = psutil.Process(owner.pid).children(recursive=True)
        assert {"Xvfb"} <= {child.name() for child in children}
        owner.kill()

    _, alive = psutil.wait_procs(children, timeout=15)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
