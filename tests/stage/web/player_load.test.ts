import assert from "node:assert/strict";
import { test } from "node:test";
import { isSoftware, pictureSize } from "../../../aivj/stage/web/src/page/picture_size.ts";
import { PerformanceBudget } from "../../../aivj/stage/web/src/player/load/budget.ts";
import { capsFor, LoadPressure } from "../../../aivj/stage/web/src/player/load/caps.ts";
import { FrameTimes, Load } from "../../../aivj/stage/web/src/player/load/load.ts";

const IDS = { fg: "a", bg: "b" };

test("the levels are those of the contract", () => {
  const budgets = ["ultra", "high", "medium", "low", "minimal"].map((level) => {
    const budget = new PerformanceBudget();
    assert.equal(budget.fix(level, 0), true);
    return Object.values(budget.budget);
  });
  assert.deepEqual(budgets, [
    [8, 60, 600, 16, 1, 1],
    [16, 60, 900, 33, 0.8, 0.9],
    [20, 45, 1200, 50, 0.6, 0.7],
    [33, 30, 1500, 67, 0.4, 0.5],
    [50, 20, 2000, 100, 0.2, 0.3],
  ]);
});

test("a level is left above 1.2 times its frame and below 0.7 times, after a cool-down", () => {
  const budget = new PerformanceBudget("medium");
  assert.equal(budget.adjust(24, 30, 0), false);
  assert.equal(budget.adjust(24.1, 29, 0), false);
  assert.equal(budget.adjust(24.1, 30, 0), true);
  assert.equal(budget.level, "low");
  assert.equal(budget.adjust(100, 30, 2999), false);
  assert.equal(budget.adjust(100, 30, 3000), true);
  assert.equal(budget.level, "minimal");
  assert.equal(budget.adjust(100, 30, 9000), false);
  assert.equal(budget.adjust(35, 30, 9000), false);
  assert.equal(budget.adjust(34.9, 30, 9000), true);
  assert.deepEqual([budget.level, budget.lastAdjustmentMs], ["low", 9000]);
});

test("a level that was set stays, until it is set free", () => {
  const budget = new PerformanceBudget("high");
  assert.equal(budget.fix("best", 0), false);
  assert.equal(budget.fix("ultra", 0), true);
  assert.equal(budget.adjust(500, 30, 60_000), false);
  budget.fix(null, 60_000);
  assert.equal(budget.adjust(500, 30, 63_000), true);
});

test("sound is fed less often under pressure and with late frames", () => {
  const modes = [
    [0, 10],
    [0, 30],
    [0, 50],
    [1, 10],
  ].map(([pressure = 0, p95 = 0]) => capsFor(pressure, p95));
  assert.deepEqual(
    modes.map((caps) => caps.pmAudioCadenceMode),
    ["high", "mid", "low", "low"],
  );
  assert.deepEqual(modes[3], {
    audioAnalysisFpsCap: 30,
    beatTempoFpsCap: 10,
    pmAudioCadenceMode: "low",
    pmAudioFeedIntervalMs: { fg: 70, bg: 120 },
  });
});

test("pressure ends by itself", () => {
  const pressure = new LoadPressure();
  assert.equal(pressure.leftMs(5), 0);
  pressure.trigger(1000);
  pressure.trigger(1000, 10);
  assert.equal(pressure.leftMs(2000), 3000);
  assert.equal(pressure.leftMs(12_000), 0);
});

test("the 95th percentile of the last frames", () => {
  const times = new FrameTimes();
  assert.equal(times.p95Ms(), 0);
  for (let time = 1; time <= 100; time++) times.add(time);
  assert.equal(times.p95Ms(), 95);
  assert.equal(times.p95Ms(10), 100);
  assert.equal(times.framesPerS().toFixed(1), "19.8");
  for (let frame = 0; frame < 500; frame++) times.add(10);
  assert.deepEqual([times.count, times.p95Ms(), times.framesPerS()], [120, 10, 100]);
});

test("late frames lower the level, and a change of presets is told what it cost", () => {
  let changes = 0;
  const load = new Load("high", () => {
    changes += 1;
  });
  let nowMs = 0;
  const frame = (gapMs: number) => {
    nowMs += gapMs;
    load.addFrame(nowMs, 1);
  };
  frame(0);
  load.switches.note(nowMs, IDS, null);
  for (const gapMs of [16, 33, 100, 16, 70]) frame(gapMs);
  assert.deepEqual(load.switches.last, {
    atMs: 0,
    presetIds: IDS,
    cache: "miss",
    loadMs: null,
    maxFrameGapMs: 100,
    droppedFramesAt30: 3,
  });
  for (let number = 0; number < 60; number++) frame(50);
  assert.deepEqual([load.level, changes], ["medium", 1]);
  frame(5000);
  assert.equal(load.switches.last?.droppedFramesAt30, 3 + 15);
});

test("the picture has the window's shape and no more pixels than the machine draws", () => {
  const window = { width: 1280, height: 720 };
  assert.deepEqual(pictureSize(window, 1, 1, false), window);
  assert.deepEqual(pictureSize(window, 2, 1, false), { width: 1920, height: 1080 });
  assert.deepEqual(pictureSize(window, 1, 0.5, false), { width: 640, height: 360 });
  assert.deepEqual(pictureSize(window, 1, 0.5, true), { width: 320, height: 180 });
  assert.deepEqual(pictureSize({ width: 0, height: 0 }, 1, 1, true), { width: 16, height: 16 });
});

test("renderers that draw on the CPU are known by name", () => {
  assert.ok(isSoftware("ANGLE (Mesa, llvmpipe (LLVM 15.0.6 256 bits), OpenGL 4.5)"));
  assert.ok(isSoftware("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader)"));
  assert.ok(!isSoftware("ANGLE (NVIDIA, NVIDIA GeForce RTX 3080 Direct3D11 vs_5_0 ps_5_0)"));
});
