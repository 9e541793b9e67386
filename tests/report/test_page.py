"""The page of a run: whole, safe, the same bytes each time, shown by a real browser."""

import base64
import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import async_playwright

from aivj.browser.chromium import find_chromium
from aivj.contracts.pairs_quality import PairsQuality
from aivj.errors import StorageError
from aivj.report import CheckLine, ReportData, StageLine, write_report
from aivj.report.page import report_html

VOID = {"meta", "link", "img", "br", "hr", "input"}
HOSTILE = "x\"'><script>alert(1)</script>&amp;\x00caf\udce9\u202e{{ 7 * 7 }}.milk"


class Page(HTMLParser):
    """A page taken apart; fails where tags do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1] if self._open else "", data.strip()))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text_of(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]

    def classes(self) -> Counter[str]:
        named = (attributes.get("class") or "" for _, attributes in self.tags)
        return Counter(name for names in named for name in names.split())


def _page(run: ReportData) -> Page:
    return Page(report_html(run))


def test_the_page_has_all_its_parts(run: ReportData) -> None:
    page = _page(run)
    assert page.text_of("title")[0] == "Demo run · demo"
    assert page.text_of("h1") == ["Demo run"]
    assert page.text_of("h2") == [
        "Best pairs",
        "Worst pairs",
        "The whole pack",
        "Distributions",
        "Training",
        "Failures",
        "Checks",
        "Where the time went",
        "Files",
    ]
    classes = page.classes()
    assert (classes["card"], classes["tile"], classes["view"]) == (10, 13, 13)
    assert (classes["chart"], classes["stage-bar"]) == (8, 2)
    texts = {text for _, text in page.texts}
    assert {"✗ Verification not passed", "No GPU was proved", "✗ not passed"} <= texts
    assert page.text_of("code") == ["/home/vj/var/pairs-quality.v0.json"]


def test_ids_are_unique_and_whatever_refers_to_one_finds_it(run: ReportData) -> None:
    page = _page(run)
    ids = Counter(a["id"] for _, a in page.tags if "id" in a)
    assert set(ids.values()) == {1}
    anchors = [a["href"] or "" for tag in ("a", "use") for a in page.attributes(tag)]
    assert all(anchor.startswith("#") and anchor[1:] in ids for anchor in anchors)
    targets = [a["popovertarget"] for a in page.attributes("button")]
    assert len(targets) == 10 + 13 + 13
    assert set(targets) <= set(ids)


def test_pictures_lie_in_the_page_once(run: ReportData) -> None:
    images = _page(run).attributes("image")
    assert [image["id"] for image in images] == [f"picture-{pair}" for pair in range(9, -1, -1)]
    head, _, data = (images[0]["href"] or "").partition(",")
    assert head == "data:image/webp;base64"
    assert base64.b64decode(data) == b"picture of 9"


def test_pictures_and_charts_have_names_and_tables_have_headers(run: ReportData) -> None:
    page = _page(run)
    pictures = [a for a in page.attributes("svg") if a.get("class") in {"picture", "chart"}]
    assert {a["role"] for a in pictures} == {"img"}
    assert page.text_of("title").count("Pair 9: Fore 9 over Back 9") == 3
    assert all(a["aria-label"] for a in page.attributes("svg") if a.get("class") == "chart")
    assert {a["scope"] for a in page.attributes("th")} == {"col", "row"}
    decorative = [a for a in page.attributes("svg") if "role" not in a]
    hidden_by = [a for a in page.attributes("div") if a.get("aria-hidden")]
    assert sum("aria-hidden" not in a for a in decorative) == 10
    assert [a["class"] for a in hidden_by] == ["strip"]


def test_nothing_is_loaded_and_the_policy_allows_just_this_style(run: ReportData) -> None:
    html = report_html(run)
    page = Page(html)
    policy = page.attributes("meta")[1]["content"] or ""
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert "unsafe" not in policy
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "link", "iframe", "object", "embed", "form", "base"})
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith(("#", "data:image/webp;base64,"))
    assert "http" not in style[1]


def test_foreign_text_stays_text(run: ReportData) -> None:
    failures = [
        row.model_copy(update={"kind": HOSTILE, "message": HOSTILE}) for row in run.failures
    ]
    rows = [
        row.model_copy(update={"reasons": [HOSTILE], "degraded": [HOSTILE]}) for row in run.rows
    ]
    html = report_html(
        replace(
            run,
            title=HOSTILE,
            pack=HOSTILE,
            renderer=HOSTILE,
            renderer_class=HOSTILE,
            chromium_version=HOSTILE,
            notices=[HOSTILE],
            stages=[StageLine(HOSTILE, 1, HOSTILE)],
            rows=rows,
            failures=failures,
            preset_names=dict.fromkeys(range(13), (HOSTILE, HOSTILE)),
            training_notes=[HOSTILE],
            checks=[CheckLine(HOSTILE, required=True, passed=True, detail=HOSTILE)],
            artifacts=[(HOSTILE, HOSTILE)],
        )
    )
    html.encode()
    page = Page(html)
    assert not page.attributes("script")
    shown = "x\"'><script>alert(1)</script>&amp;\ufffdcafé\ufffd{{ 7 * 7 }}.milk"
    assert page.text_of("h1") == [shown]
    assert page.text_of("code") == [shown]
    assert page.text_of("bdi").count("script>&amp;\ufffdcafé\ufffd{{ 7 * 7 }}") > 0
    assert "\x00" not in html
    assert "\u202e" not in html


@pytest.fixture(scope="module")
def tags_of_any(run: ReportData) -> set[str]:
    return {tag for tag, _ in _page(run).tags}


@settings(max_examples=40)
@given(name=st.text(st.characters()))
def test_no_name_breaks_the_page(run: ReportData, tags_of_any: set[str], name: str) -> None:
    html = report_html(replace(run, preset_names=dict.fromkeys(range(13), (name, name))))
    html.encode()
    assert {tag for tag, _ in Page(html).tags} == tags_of_any


def test_the_same_data_give_the_same_bytes(run: ReportData, tmp_path: Path) -> None:
    turned = replace(
        run,
        thumbnails=dict(reversed([*run.thumbnails.items()])),
        preset_names=dict(reversed([*run.preset_names.items()])),
    )
    for name, data in (("a", run), ("b", run), ("c", turned)):
        write_report(tmp_path / "new" / f"{name}.html", data)
    first, *others = (path.read_bytes() for path in sorted((tmp_path / "new").iterdir()))
    assert others == [first, first]


def test_a_report_that_cannot_be_written_leaves_the_last_one(
    run: ReportData, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("kept")
    with pytest.raises(StorageError, match=r"report\.html"):
        write_report(blocked / "report.html", run)
    assert blocked.read_text() == "kept"


def test_a_pack_of_32_is_small_enough_to_send(
    run: ReportData, make_quality: Callable[[dict[int, float]], PairsQuality]
) -> None:
    noise = random.Random(0)
    big = replace(
        run,
        rows=[run.rows[5].model_copy(update={"pair": pair}) for pair in range(32)],
        failures=[],
        thumbnails={pair: noise.randbytes(24_000) for pair in range(32)},
        quality=make_quality({pair: pair / 32 for pair in range(32)}),
    )
    assert len(report_html(big).encode()) < 1_500_000


def test_an_empty_run_says_so_everywhere(run: ReportData) -> None:
    page = _page(
        replace(
            run,
            notices=[],
            stages=[],
            rows=[],
            failures=[],
            thumbnails={},
            preset_names={},
            training=[],
            training_notes=[],
            checks=[],
            artifacts=[],
        )
    )
    empty = {
        "No pair has both a measurement and a score.",
        "No training was recorded.",
        "✓ No pair failed.",
        "No check was made.",
        "No stage was recorded.",
        "Nothing was written.",
    }
    assert empty <= set(page.text_of("p"))
    classes = page.classes()
    assert (classes["card"], classes["notices"], classes["ambient"], classes["strip"]) == (0,) * 4


def test_pairs_without_pictures_have_a_placeholder(run: ReportData) -> None:
    page = _page(replace(run, thumbnails={1: b""}))
    assert not page.attributes("image")
    assert not page.attributes("use")
    assert page.text_of("text").count("no picture") == 10 * 3
    assert page.text_of("text").count("shader-link") == 2 * 2


def test_a_single_pair_is_neither_best_nor_worst(
    run: ReportData, make_quality: Callable[[dict[int, float]], PairsQuality]
) -> None:
    single = replace(
        run, rows=run.rows[5:6], failures=[], num_target=1, quality=make_quality({5: 0.5})
    )
    page = _page(single)
    assert page.text_of("h2")[0] == "The pair"
    assert (page.classes()["card"], page.classes()["tile"]) == (1, 1)


@pytest.mark.parametrize("width", [1400, 420])
async def test_a_browser_shows_it_without_complaint(
    run: ReportData, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "report.html"
    write_report(path, replace(run, notices=["W" * 400], artifacts=[("Long", "/" + "w" * 400)]))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(find_chromium()), chromium_sandbox=False
        )
        page = await browser.new_page(viewport={"width": width, "height": 900})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: complaints.append(request.url))
        await page.goto(path.as_uri())
        background = "getComputedStyle(document.body).backgroundColor"
        assert await page.evaluate(background) == "rgb(7, 8, 12)"
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await page.check("#light")
        assert await page.evaluate(background) == "rgb(245, 246, 249)"
        view = page.locator("#view-9")
        assert not await view.is_visible()
        await page.locator(".tile button").first.press("Enter")
        assert await view.is_visible()
        await page.keyboard.press("Escape")
        assert not await view.is_visible()
        await browser.close()
    assert [text for text in complaints if not text.startswith(("file:", "data:"))] == []
