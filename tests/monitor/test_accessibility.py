"""axe-core finds no serious fault on any page of ours, in a real browser, large and small."""

import contextlib
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from monitor.made_runs import failure, row, write_run
from playwright.async_api import async_playwright

from aivj.browser.chromium import find_chromium
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import validated
from aivj.monitor.guard import Guard
from aivj.monitor.library_index import KnownPreset, LibraryIndex
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import Library
from aivj.monitor.places import Places
from aivj.monitor.server import MonitorServer
from aivj.monitor.watches import Watches
from aivj.report import CheckLine, ReportData, StageLine
from aivj.report.page import report_html
from aivj.stage.server import StageServer

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
SCHEMES = ("dark", "light")
RUN = """async () => {
  // On its way from one scheme to the other a colour is neither's.
  const changes = document.getAnimations().filter((each) => each instanceof CSSTransition);
  for (const each of changes) each.finish();
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}"""


def data_of(rows):
    return ReportData(
        title="A run",
        generated_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        pack="demo_pack",
        renderer="ANGLE (Mesa, llvmpipe)",
        renderer_class="llvmpipe",
        is_software=True,
        chromium_version="156.0",
        notices=["No GPU was proved"],
        stages=[StageLine("sample", 60.0, "8 measured")],
        rows=[validated(EvalRow, each, "a row") for each in rows],
        failures=[],
        num_target=8,
        thumbnails={},
        preset_names={pair: (f"a/Fore {pair}.milk", f"b/Back {pair}.milk") for pair in range(8)},
        quality=None,
        training=[],
        training_notes=[],
        checks=[CheckLine("frames change", required=True, passed=False, detail="1 frame")],
        verdict=False,
        artifacts=[("Scores", "/home/vj/var/pairs-quality.v0.json")],
    )


@contextlib.asynccontextmanager
async def opened_pages(tmp_path):
    """Serves all pages for the block; yields their addresses, and what each is once it is there."""
    home = tmp_path / "home"
    rows = [
        row(pair, okHeuristic=pair % 2 == 0, reasons=["too-dark"] * (pair % 2)) for pair in range(8)
    ]
    write_run(
        home / "runs" / "mine",
        rows,
        failures=[failure(9)],
        log="[eval] FATAL x\n[eval] WARN y\n" * 40,
    )
    report = tmp_path / "report.html"
    report.write_text(report_html(data_of(rows)))
    presets = [
        KnownPreset(f"a/Author - Title {place}.milk", None, "shapes", "groove", quality, reasons)
        for place, (quality, reasons) in enumerate(
            [("ok", ()), ("crash-safe", ("too-dark",)), ("failed", ("wasm-abort",))] * 3
        )
    ]
    shelf = LibraryShelf(lambda: Library(LibraryIndex(presets, {}), "audit made"))
    library = LibraryRoutes(shelf, LibraryPictures(str(home / "takes")))
    async with (
        MonitorServer(Watches(Places(home)), library, Guard(None)) as monitor,
        StageServer(packs_root=tmp_path) as stage,
    ):
        origin = await monitor.open("127.0.0.1", 0)
        yield {
            "monitor": (origin, "#wall li:nth-child(8)"),
            "library": (f"{origin}/library", "#presets li:nth-child(9)"),
            "player": (f"{stage.origin}/", "h1, h2, button"),
            "prefer": (f"{stage.origin}/prefer.html", "h1, h2, button"),
            "report": (report.as_uri(), "h1, h2, button"),
        }


async def reached_by_keyboard(browser, monitor):
    """Switches to light on the monitor, goes to the library by keys alone; tells what is there."""
    page = await browser.new_page(color_scheme="dark")
    await page.goto(monitor)
    for key in ("Tab", "Tab", "Tab"):  # past the link to the run, and the tab that is shown
        await page.keyboard.press(key)
    await page.evaluate("document.getElementById('theme').click()")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/library")
    await page.wait_for_selector("#presets li")
    told = "[document.querySelector('[aria-current]').text, document.documentElement.dataset.theme]"
    return await page.evaluate(told)


async def test_no_page_has_a_serious_fault_and_tabs_are_reached_by_keyboard(tmp_path):
    axe = AXE.read_text(encoding="utf-8")
    found = {}
    async with opened_pages(tmp_path) as pages, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox"]
        )
        try:
            for name, (url, is_there) in pages.items():
                page = await browser.new_page()
                await page.goto(url)
                await page.wait_for_selector(is_there, state="attached")
                await page.evaluate(axe)
                for scheme, (size, (width, height)) in product(SCHEMES, SIZES.items()):
                    await page.emulate_media(color_scheme=scheme)
                    await page.set_viewport_size({"width": width, "height": height})
                    if faults := await page.evaluate(RUN):
                        found[name, scheme, size] = faults
                await page.close()
            reached = await reached_by_keyboard(browser, pages["monitor"][0])
        finally:
            await browser.close()
    assert found == {}
    assert reached == ["Library", "light"]
