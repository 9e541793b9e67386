"""One browser and one page for all tests of the player; each test has a server of its own."""

import os

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright
from stage.player_page import open_player

from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.chromium import find_chromium
from aivj.stage.conversion import PresetConverter

# A microphone that beeps, and a person who always allows it.
FAKE_MEDIA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="session")
def groove_bytes():
    clip = groove()
    return time_bytes(clip, clip.num_samples)


@pytest.fixture(scope="session")
def stage_converter(tmp_path_factory):
    with PresetConverter(tmp_path_factory.mktemp("conversion")) as converter:
        yield converter


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(software_renderer):
    plan = software_renderer.plan
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*plan.args, *FAKE_MEDIA],
            env={**os.environ, **dict(plan.env)},
            chromium_sandbox=os.geteuid() != 0,
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_page(chromium):
    """A page that is empty between tests."""
    async with await chromium.new_context() as context:
        yield await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def player(shared_page, stage_converter, groove_bytes, tmp_path):
    """Opens the player; see `open_player`."""
    async with open_player(shared_page, stage_converter, groove_bytes, tmp_path) as opener:
        yield opener
