"""Where things stand on a phone, a tablet and a laptop: nothing lies over what people need."""

import pytest
from gate.tested_packs import BROKEN, MOVING, write_pack
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOWS = [(390, 844), (768, 1024), (1280, 720)]
# Whoever is no program.
PERSON = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });"
BOXES = """(selector) => [...document.querySelectorAll(selector)]
  .filter((each) => each.checkVisibility({ checkVisibilityCSS: true }))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 0 && height > 0)
  .map(([{ id, className, dataset }, { left, top, right, bottom }]) =>
    ({ name: id || dataset.action || className, left, top, right, bottom }))"""
BUTTONS = "#corner button, #moves button, #auto-switch, #audio-toggle, #playing"
HINT = "#first-hint"


async def boxes(page, selector):
    return await page.evaluate(BOXES, selector)


def overlapping(first, second):
    return (
        first["left"] < second["right"]
        and second["left"] < first["right"]
        and first["top"] < second["bottom"]
        and second["top"] < first["bottom"]
    )


def outside(found, window):
    width, height = window
    return [
        each
        for each in found
        if min(each["left"], each["top"]) < 0 or each["right"] > width or each["bottom"] > height
    ]


def collisions(found):
    return [
        (first["name"], second["name"])
        for number, first in enumerate(found)
        for second in found[:number]
        if overlapping(first, second)
    ]


@pytest.mark.parametrize("window", WINDOWS)
async def test_nothing_lies_over_buttons_and_panels(player, tmp_path, window):
    write_pack(tmp_path, [MOVING, BROKEN], [0.2, 0.9])
    viewport = dict(zip(("width", "height"), window, strict=True))
    page = await player(viewport=viewport, **COUPLED, **ALONE)
    await page.call("() => document.getElementById('preset-auto-toggle').click()")
    await page.started()
    found = await boxes(page.page, BUTTONS)
    assert len(found) == 13
    assert outside(found, window) == []
    assert collisions(found) == []
    # All that is done most is one row.
    moves = await boxes(page.page, "#moves button")
    assert max(each["top"] for each in moves) < min(each["bottom"] for each in moves)

    for name in ("library", "sound", "look", "help"):
        await page.page.locator(f"#{name}-toggle").click()
        found = await boxes(page.page, f".panel, {BUTTONS}")
        assert outside(found, window) == []
        assert collisions(found) == [], name
        assert f"{name}-panel" in [each["name"] for each in found]
    await page.page.keyboard.press("Escape")
    await page.page.keyboard.press("o")
    found = await boxes(page.page, f"#decision-topology-overlay, {BUTTONS}")
    assert outside(found, window) == []
    assert collisions(found) == []


async def test_a_person_is_told_once_that_there_are_controls(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    viewport = {"width": 390, "height": 844}
    page = await player(init=PERSON, viewport=viewport, **COUPLED, **ALONE)
    assert await boxes(page.page, HINT) == []
    await page.until("document.body.dataset.idle === 'yes'")
    [hint] = await boxes(page.page, HINT)
    assert outside([hint], (390, 844)) == []
    await page.page.mouse.move(100, 100)
    assert await boxes(page.page, HINT) == []
    await page.until("document.body.dataset.idle === 'yes'")
    assert await boxes(page.page, HINT) == []


async def test_a_program_s_pictures_show_no_hint(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**COUPLED, **ALONE)
    await page.until("document.body.dataset.idle === 'yes'")
    assert await boxes(page.page, HINT) == []


@pytest.mark.parametrize("window", WINDOWS)
async def test_who_is_asked_sees_all_buttons_without_scrolling(player, window):
    viewport = dict(zip(("width", "height"), window, strict=True))
    page = await player(viewport=viewport)
    await page.page.goto(f"{page.origin}/prefer.html")
    fill = """() => {
      const say = (id, text) => { document.getElementById(id).textContent = text; };
      say("who", "ada, on the pack of an evening");
      say("progress", "137 comparisons · 103 by you today · order 71 % sure");
      say("notice", "Pair 12 cannot be drawn and is left out from now on.");
    }"""
    await page.call(fill)
    found = await boxes(page.page, "h1, #who, #notice, button")
    assert [each["name"] for each in found[-5:]] == ["neither", "skip", "undo", "pause", "mute"]
    assert outside(found, window) == []
    assert collisions(found) == []
