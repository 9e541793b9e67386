"""What people do with the player: buttons, keys, panels, and what they are told."""

import json
import shutil

import pytest
from gate.tested_packs import BROKEN, MOVING, write_pack
from stage.player_page import ALONE, COUPLED

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOW = {"viewport": {"width": 960, "height": 540}}
PAIR = "window.__nw_verify.getVerifyState().coupled.lastPick?.pair"
FAVOURITES_KEY = "newliveweb:favorites:v2"


async def value_of(player, element_id):
    return await player.call("(id) => document.getElementById(id).value", element_id)


async def text_of(player, element_id):
    return await player.page.locator(f"#{element_id}").text_content()


async def is_open(player, element_id):
    return await player.page.locator(f"#{element_id}").is_visible()


async def test_buttons_and_keys_do_what_they_say(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 3, [0.2, 0.5, 0.9])
    page = await player(**WINDOW, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    press = page.page.keyboard.press
    seen = [await page.call(f"() => {PAIR}")]
    for key in ("n", "Space", "ArrowRight"):
        before = seen[-1]
        await press(key)
        await page.until(f"{PAIR} !== {before} && document.body.dataset.status === 'idle'")
        seen.append(await page.call(f"() => {PAIR}"))
    assert seen[:3] == list(dict.fromkeys(seen))
    assert seen[3] == seen[0]
    assert page.lines("[info] [sel]")[-1].endswith("reason=button")

    await press("h")
    await page.until("document.getElementById('preset-auto-left').textContent === 'held'")
    assert await page.page.locator("#preset-hold").get_attribute("aria-pressed") == "true"
    await press("h")
    await press("a")
    assert not await page.page.locator("#preset-auto-toggle").is_checked()
    await press("a")
    assert await page.page.locator("#preset-auto-toggle").is_checked()

    await press("ArrowUp")
    assert await text_of(page, "pm-opacity-text") == "75 %"
    await press("ArrowDown")
    await press("ArrowDown")
    assert await text_of(page, "pm-opacity-text") == "65 %"
    assert (await page.hook("getCompositorProfile().opacity")) == pytest.approx(0.65)
    # What programs click as a person's first gesture changes nothing.
    await page.page.mouse.click(10, 10)
    assert await page.call(f"() => {PAIR}") == seen[3]
    assert page.errors == []


async def test_favourites_are_kept_and_found_again(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 3, [0.2, 0.5, 0.9])
    page = await player(**WINDOW, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.started()
    marked = await page.call(f"() => {PAIR}")
    await page.page.keyboard.press("f")
    assert await text_of(page, "visual-favorite-count") == "1"
    kept = json.loads(await page.call("(key) => localStorage.getItem(key)", FAVOURITES_KEY))
    assert [(each["programme"], each["choiceId"]) for each in kept["items"]] == [
        ("tested", str(marked))
    ]
    await page.page.keyboard.press("n")
    await page.until(f"{PAIR} !== {marked} && document.body.dataset.status === 'idle'")
    await page.page.keyboard.press("l")
    await page.page.locator("#favorites-panel button").click()
    await page.until(f"{PAIR} === {marked}")
    assert "chosen by hand" in await text_of(page, "pair-detail")


async def test_the_library_finds_a_pair_and_another_pack(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 3, [0.2, 0.5, 0.9])
    other = shutil.copytree(tmp_path / "presets" / "tested", tmp_path / "presets" / "other")
    (other / "pairs-quality.v0.json").unlink()
    manifest = other / "pairs-manifest.v0.json"
    manifest.write_text(
        manifest.read_text()
        .replace('"pack": "tested"', '"pack": "other"')
        .replace("/presets/tested/", "/presets/other/")
    )
    page = await player(**WINDOW, **COUPLED, **ALONE)
    await page.until("document.getElementById('preset-library-select').options.length === 2")
    await page.page.keyboard.press("l")
    assert await is_open(page, "library-panel")
    await page.page.fill("#preset-filter", "p2 OVER")
    assert await text_of(page, "preset-count") == "1 of 3"
    await page.page.select_option("#preset-select", "6")
    await page.until(f"{PAIR} === 6 && document.body.dataset.status === 'idle'")
    await page.page.select_option("#preset-library-select", "other")
    await page.until("window.__nw_verify.getVerifyState().coupled.pack === 'other'")
    await page.until("window.__projectm_verify.presetIdFg.startsWith('coupled:other:')")
    await page.page.keyboard.press("Escape")
    assert not await is_open(page, "library-panel")
    await page.page.keyboard.press("k")
    assert await is_open(page, "look-panel")
    await page.page.keyboard.press("?")
    assert not await is_open(page, "look-panel")
    assert await is_open(page, "help-panel")
    assert page.errors == []


TABBED_TO = "() => document.activeElement.id || document.activeElement.className"


@pytest.mark.parametrize("window", [(1280, 720), (390, 844)])
async def test_programs_choose_without_opening_the_library_and_people_do_not(
    player, tmp_path, window
):
    write_pack(tmp_path, [MOVING] * 3, [0.2, 0.5, 0.9])
    viewport = dict(zip(("width", "height"), window, strict=True))
    page = await player(viewport=viewport, **COUPLED, **ALONE)
    await page.started()
    shown = await page.call(f"() => {PAIR}")
    for chosen in {0, 3, 6} - {shown}:
        await page.page.select_option("#preset-select", str(chosen), timeout=5000)
        await page.until(f"{PAIR} === {chosen} && document.body.dataset.status === 'idle'")
    assert not await is_open(page, "library-panel")

    # Keys are the player's own, the next Tab too, and no reader finds what is closed.
    reached = set()
    for _ in range(30):
        await page.page.keyboard.press("Tab")
        reached.add(await page.call(TABBED_TO))
    assert "preset-next" in reached
    assert not reached & {"preset-select", "preset-filter", "preset-library-select", "panel-close"}
    assert await page.page.get_by_role("listbox", name="Presets").count() == 0
    box = await page.page.locator("#preset-select").bounding_box()
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    at = "([x, y]) => document.elementFromPoint(x, y).closest('select')?.id"
    assert await page.call(at, middle) != "preset-select"

    await page.page.keyboard.press("l")
    assert await page.page.get_by_role("listbox", name="Presets").count() == 1
    assert await page.call(at, middle) == "preset-select"
    await page.page.locator("#preset-filter").focus()
    await page.page.keyboard.press("Tab")
    assert await page.call(TABBED_TO) == "preset-select"
    await page.page.keyboard.press("Escape")
    assert await page.call(TABBED_TO) != "preset-select"
    assert page.errors == []


async def test_why_this_is_shown_stands_in_the_overlay(player, tmp_path):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(**WINDOW, **COUPLED, **ALONE, coupledPick="weighted", coupledGamma=4)
    await page.started()
    await page.page.keyboard.press("o")
    assert await is_open(page, "decision-topology-overlay")
    await page.until("document.getElementById('diagnostics-renderer').textContent !== ''")
    pair = await page.call(f"() => {PAIR}")
    assert await text_of(page, "inspector-fg") == f"coupled:tested:{pair}:fg"
    assert "weighted by score (gamma 4)" in await text_of(page, "inspector-why")
    assert "gates" in await text_of(page, "inspector-music")
    assert "96x54" in await text_of(page, "diagnostics-picture")
    assert "frames/s" in await text_of(page, "diagnostics-frames")
    await page.page.keyboard.press("o")
    assert not await is_open(page, "decision-topology-overlay")


async def test_it_hides_itself_and_comes_back(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**WINDOW, **COUPLED, **ALONE)
    await page.until("document.body.dataset.idle === 'yes'")
    await page.until("getComputedStyle(document.getElementById('toolbar')).opacity === '0'")
    assert await page.call("() => getComputedStyle(document.body).cursor") == "none"
    await page.page.mouse.move(200, 200)
    await page.until("document.body.dataset.idle === 'no'")
    await page.page.locator("#toolbar-toggle").click()
    assert not await is_open(page, "toolbar-body")
    await page.page.locator("#toolbar-toggle").click()
    assert await is_open(page, "preset-next")


async def test_a_failure_is_told_until_something_is_shown_and_the_show_goes_on(player, tmp_path):
    write_pack(tmp_path, [BROKEN, MOVING], [0.2, 0.9])
    order = {"v": 0, "pack": "tested", "len": 2, "pos": 0, "order": [0, 1]}
    seeded = json.dumps({**order, "updatedAt": 1, "seededBy": "cycle:manual"})
    init = f"localStorage.setItem('nw.coupledPairs.shuffleState.v0', JSON.stringify({seeded}));"
    page = await player(init=init, **WINDOW, **COUPLED, **ALONE, coupledPick="shuffle")
    await page.until("document.body.dataset.status === 'failed'")
    assert await is_open(page, "notice")
    assert "Coupled pair 0 failed: foreground: " in await text_of(page, "notice-text")
    await page.until(f"{PAIR} === 3")
    assert not await is_open(page, "notice")
    assert page.errors == []


async def test_an_address_that_asks_for_nothing_offers_what_there_is(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**WINDOW)
    await page.until("document.getElementById('preset-library-select').options.length === 2")
    assert await text_of(page, "preset-status") == "Library 'curated-safe' not ready"
    assert await is_open(page, "library-panel")
    await page.page.select_option("#preset-library-select", "tested")
    await page.until(f"{PAIR} === 0")


async def test_a_browser_that_cannot_draw_is_told(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(
        init="HTMLCanvasElement.prototype.getContext = () => null;",
        ready="document.body.dataset.status === 'failed'",
        **WINDOW,
        **COUPLED,
    )
    assert await is_open(page, "notice")
    assert "no WebGL2 context" in await text_of(page, "notice-detail")
    assert page.errors == ["this browser gives no WebGL2 context"]


async def test_a_gpu_that_is_lost_is_told_and_the_page_comes_back(player, tmp_path):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(**WINDOW, **COUPLED, **ALONE)
    await page.started()
    lose = """() => {
      const gl = document.getElementById("viz-canvas").getContext("webgl2");
      gl.getExtension("WEBGL_lose_context").loseContext();
      return performance.timeOrigin;
    }"""
    opened = await page.call(lose)
    await page.until("document.body.dataset.status === 'failed'")
    assert "the WebGL context was lost" in await text_of(page, "notice-text")
    assert await page.hook("getVerifyState().projectmVerify.aborted") is True
    async with page.page.expect_navigation():
        pass
    await page.until(f"performance.timeOrigin > {opened} && {PAIR} === 0")
    assert page.errors == []
