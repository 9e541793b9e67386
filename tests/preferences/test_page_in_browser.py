"""The page in a real browser: it draws what is compared, and says what it is told."""

from datetime import UTC, datetime

import pytest
from gate.tested_packs import BROKEN, write_pack

from aivj.audio.groove import groove
from aivj.browser.session import BrowserSession
from aivj.contracts.pairs_manifest import read_pairs_manifest
from aivj.contracts.preferences import read_preferences
from aivj.preferences.bradley_terry import Prior
from aivj.preferences.judging import JudgingSession
from aivj.preferences.page import serve_page
from aivj.stage.conversion import PresetConverter

# Presses a key if one is given, waits until two pairs are drawn, and looks at two moments.
LOOK = """async (key) => {
  const until = async (isTrue) => {
    const deadline = performance.now() + 30000;
    while (!isTrue() && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const { dataset } = document.body;
  const settled = () => dataset.status !== "busy";
  await until(settled);
  if (key !== null) document.dispatchEvent(new KeyboardEvent("keydown", { key }));
  await until(settled);
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => {
    resolve(["left", "right"].map((side) => {
      const canvas = document.getElementById(`${side}-canvas`);
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
      copy.drawImage(canvas, 0, 0);
      return copy.getImageData(0, 0, canvas.width, canvas.height).data.join();
    }));
  }));
  const before = await frame();
  for (let count = 0; count < 5; count++) await frame();
  const after = await frame();
  const text = (id) => document.getElementById(id).textContent;
  return {
    status: dataset.status,
    differ: after[0] !== after[1],
    move: after.map((pixels, side) => pixels !== before[side]),
    progress: text("progress"),
    notice: text("notice"),
    pauseLabel: document.querySelector("[data-action=pause] span").textContent,
    undoDisabled: document.querySelector("[data-action=undo]").disabled,
  };
}"""


@pytest.fixture
def presets(corpus):
    """Five real presets, and one that cannot be drawn."""
    real = sorted(corpus.rglob("*.milk"))[100:600:100]
    return [*(path.read_bytes() for path in real), BROKEN]


async def test_two_pairs_are_drawn_judged_and_taken_back(presets, tmp_path, software_renderer):
    pack = write_pack(tmp_path, presets, [0.5] * len(presets))
    manifest = read_pairs_manifest(pack.manifest)
    pairs = [row.pair for row in manifest.pairs]
    log, failures, clip = tmp_path / "preferences.jsonl", [], groove()
    converter = PresetConverter(tmp_path / "cache")
    session = JudgingSession(
        log,
        pack=pack.name,
        pairs=pairs,
        by="ada",
        clip=clip.name,
        prior=Prior.ignorant(len(pairs)),
        seed=0,
        now=lambda: datetime.now(UTC),
    )
    with converter, session:
        async with (
            serve_page(
                session,
                manifest,
                packs_root=tmp_path,
                clip=clip,
                convert=lambda data: converter.convert(data).model_dump_json().encode(),
                on_failure=lambda *failure: failures.append(failure),
            ) as address,
            BrowserSession(software_renderer.plan, software_renderer.policy) as browser,
        ):
            url = address.replace("#", "?size=96x54#")
            person = Person(browser, url)
            await check_judging(person, session, log)
            await check_pausing(person)
            await check_failing(person, session, failures)


class Person:
    """Who looks at the page and presses keys."""

    def __init__(self, browser, url):
        self.browser = browser
        self.url = url
        self.notices = []

    async def look(self, key=None):
        reply = await self.browser.call(self.url, LOOK, key, 60, fresh=False)
        assert reply.page_errors == []
        if reply.value["notice"]:
            self.notices.append(reply.value["notice"])
        return reply.value


async def check_judging(person, session, log):
    seen = await person.look()
    couple = session.couple
    assert (seen["status"], seen["differ"], seen["move"]) == ("ready", True, [True, True])
    assert seen["progress"] == "0 comparisons · 0 by you today · order 50 % sure"
    assert seen["undoDisabled"]

    seen = await person.look("ArrowLeft")
    [row] = read_preferences(log).rows
    assert (row.winner.pair, row.loser.pair, row.tie) == (couple.left, couple.right, False)
    assert session.couple.pairs.isdisjoint(couple.pairs)
    assert (seen["status"], seen["differ"], seen["move"]) == ("ready", True, [True, True])
    assert seen["progress"].startswith("1 comparison · 1 by you today · order 5")

    seen = await person.look("u")
    assert read_preferences(log).rows == ()
    assert session.couple == couple
    assert seen["progress"].startswith("0 comparisons")
    assert seen["undoDisabled"]

    await person.look("t")
    assert [row.tie for row in read_preferences(log).rows] == [True]


async def check_pausing(person):
    seen = await person.look(" ")
    assert (seen["pauseLabel"], seen["status"]) == ("Go on", "ready")
    assert seen["move"] == [False, False]
    seen = await person.look(" ")
    assert (seen["pauseLabel"], seen["move"]) == ("Pause", [True, True])


async def check_failing(person, session, failures):
    """Within a few comparisons every pair has been asked for, the broken one as well."""
    while not failures:
        await person.look("ArrowRight")
        assert session.progress().num_comparisons < 6
    [(pair, reason)] = failures
    assert reason.startswith("foreground: ")
    assert person.notices[-1] == f"Pair {pair} cannot be drawn and is left out: {reason}"
    seen = await person.look("ArrowRight")
    assert (seen["status"], seen["notice"]) == ("ready", "")
    assert pair not in session.ranking()
