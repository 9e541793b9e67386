"""What the time between frames decides: levels of performance, and what changes by itself."""

import pytest
from gate.tested_packs import MOVING, write_pack
from stage.driven_frames import DRIVEN_FRAMES
from stage.player_page import ALONE, COUPLED, storing

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Nothing but the frames' times decides: no music, and no director that listens for it.
UNMOVED = DRIVEN_FRAMES + storing({"nw.aivj.enabled": "false"})
STILL = {**COUPLED, **ALONE, "demoMusic": "off", "size": "16x16"}

# A pick, if there is one, is made before the next task.
FRAME_AT = """async (nowMs) => {
  window.frameAt(nowMs);
  await new Promise((resolve) => setTimeout(resolve));
}"""
SET_CHECKED = """(checked) => {
  const toggle = document.getElementById("preset-auto-toggle");
  toggle.checked = checked;
  toggle.dispatchEvent(new Event("change", { bubbles: true }));
}"""
SET_INTERVAL = """(value) => {
  const interval = document.getElementById("preset-auto-interval");
  interval.value = value;
  interval.dispatchEvent(new Event("change", { bubbles: true }));
  return interval.value;
}"""


async def test_a_level_follows_the_last_frames_but_not_for_three_seconds_after_a_change(
    player, tmp_path
):
    write_pack(tmp_path, [MOVING], [0.5])
    page = await player(init=UNMOVED, **STILL)
    await page.started()
    await page.hook("setPerformanceQualityLevel('low')")
    await page.call("() => window.drive()")

    async def level_after(count, gap_ms):
        stats = await page.call(
            """([count, gapMs]) => {
              window.frames(count, gapMs);
              return window.__nw_verify.getPerformanceBudgetStats();
            }""",
            [count, gap_ms],
        )
        assert stats["historySize"] == 30
        assert stats["frameTimeP95"] >= gap_ms
        return stats["currentLevel"]

    # What is fixed stays, whatever the frames.
    assert await level_after(30, 100) == "low"
    assert await level_after(30, 39) == "low"
    await page.hook("setPerformanceQualityLevel(null)")
    # Of a target of 33 ms, 1.18 and 0.73 times leave it where it is.
    assert await level_after(30, 39) == "low"
    assert await level_after(30, 24) == "low"
    assert await level_after(30, 23) == "medium"
    # Twice as long as it should be, but three seconds have to go by.
    assert await level_after(30, 40) == "medium"
    assert await level_after(30, 40) == "medium"
    assert await level_after(30, 40) == "low"
    # 1.21 times.
    assert await level_after(30, 40) == "low"
    assert await level_after(50, 40) == "minimal"


async def test_the_picture_changes_by_itself_after_the_interval_while_the_box_is_ticked(
    player, tmp_path
):
    write_pack(tmp_path, [MOVING] * 2, [0.2, 0.9])
    page = await player(init=UNMOVED, **STILL, coupledPick="shuffle")
    await page.started()
    shown_ms = await page.hook("getVerifyState().coupled.lastPick.timeMs")
    await page.call("() => window.drive()")

    async def picks_at(after_s):
        """How many pairs were picked, when that time has gone by since the first."""
        await page.call(FRAME_AT, shown_ms + 1000 * after_s)
        return len(page.lines("[info] [sel] "))

    assert await picks_at(89) == 1
    await page.call(SET_CHECKED, False)
    assert await picks_at(91) == 1
    await page.call(SET_CHECKED, True)
    assert await picks_at(92) == 2
    assert page.lines("[info] [sel]")[-1].endswith(" reason=auto")
    limits = [await page.call(SET_INTERVAL, value) for value in ("14", "601")]
    assert limits == ["15", "600"]
