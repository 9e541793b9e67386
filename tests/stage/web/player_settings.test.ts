import assert from "node:assert/strict";
import { test } from "node:test";
import { AutoAdvance } from "../../../aivj/stage/web/src/player/auto.ts";
import { FLAT, parseCoupling3d, reliefAt } from "../../../aivj/stage/web/src/player/coupling3d.ts";
import { DRIVE_NAMES, Drive } from "../../../aivj/stage/web/src/player/drive.ts";
import { Mixer } from "../../../aivj/stage/web/src/player/mixer.ts";
import { actionOf } from "../../../aivj/stage/web/src/player/surface/shortcuts.ts";

const depth = (query: string) => parseCoupling3d(new URLSearchParams(query));

test("depth that is off, or has no strength, is the flat picture", () => {
  assert.equal(reliefAt(depth(""), 3, 1), FLAT);
  assert.equal(reliefAt(depth("coupling3d=on&coupling3dStrength=0"), 3, 1), FLAT);
});

test("parallax, depth of field and strength scale the relief; louder music is deeper", () => {
  const relief = (query: string, energy01 = 1) =>
    reliefAt(depth(`coupling3d=on&${query}`), 2.75, energy01);
  const plain = relief("");
  assert.ok(plain.sway[0] > 0 && plain.depth > 0 && plain.blur > 0);
  assert.equal(relief("coupling3dParallax=2").depth, 2 * plain.depth);
  assert.equal(relief("coupling3dParallax=2").sway[0], 2 * plain.sway[0]);
  assert.equal(relief("coupling3dParallax=2").blur, plain.blur);
  assert.equal(relief("coupling3dDof=0").blur, 0);
  assert.equal(relief("coupling3dStrength=2").blur, 2 * plain.blur);
  assert.ok(relief("", 0).depth < plain.depth);
});

test("the music moves what it drives by the contract's figures", () => {
  const drive = new Drive();
  const tunings = DRIVE_NAMES.map((name) => {
    drive.name = name;
    const { attackMs, releaseMs, maxDeltaPerSec, mixToMacros } = drive.tuning;
    return [name, attackMs, releaseMs, maxDeltaPerSec, mixToMacros];
  });
  assert.deepEqual(tunings, [
    ["balanced", 100, 620, 2.4, 0.86],
    ["punch", 80, 460, 2.9, 0.96],
    ["intense", 60, 360, 3.3, 1],
    ["subtle", 160, 750, 1.6, 0.5],
  ]);
});

test("what the music drives rises fast, falls slowly, and never jumps", () => {
  const drive = new Drive();
  const rises: number[] = [];
  for (let frame = 0; frame < 60; frame++) {
    const before = drive.value01;
    drive.advance(1, 1 / 60);
    rises.push(drive.value01 - before);
  }
  assert.ok(Math.max(...rises) <= 2.4 / 60 + 1e-12);
  assert.ok(Math.abs(drive.value01 - 0.86) < 0.01);
  drive.advance(0, 0.1);
  assert.ok(drive.value01 > 0.6);
});

test("music around what is set decides how much of the foreground is seen", () => {
  const mixer = new Mixer(depth(""));
  const opacityAfter = (energy01: number) => {
    for (let frame = 0; frame < 200; frame++)
      mixer.advance({ energy01, beatPulse01: 0 }, frame * 16);
    return mixer.look(0).opacity;
  };
  assert.equal(opacityAfter(1), 0.7);
  mixer.energyShare = 0.2;
  assert.ok(opacityAfter(0) < 0.7);
  assert.ok(opacityAfter(1) > 0.7);
  mixer.backgroundShown = false;
  assert.equal(mixer.look(0).backgroundOpacity, 0);
});

test("something else comes when its time is over, unless the picture is held", () => {
  const auto = new AutoAdvance();
  assert.equal(auto.leftS(0), null);
  auto.noteChange(1000);
  assert.equal(auto.leftS(11_000), 80);
  assert.equal(auto.leftS(500_000), 0);
  auto.held = true;
  assert.equal(auto.leftS(500_000), null);
  Object.assign(auto, { held: false, enabled: false });
  assert.equal(auto.leftS(500_000), null);
});

test("the interval stays within 15 and 600 s", () => {
  const auto = new AutoAdvance();
  const intervals = [1, 20, 9999, Number.NaN].map((seconds) => {
    auto.intervalS = seconds;
    return auto.intervalS;
  });
  assert.deepEqual([auto.intervalS, ...intervals], [600, 15, 20, 600, 600]);
});

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...more,
});

test("keys ask for what the help says", () => {
  const keys = {
    n: "next",
    " ": "next",
    H: "hold",
    f: "favourite",
    "?": "help",
    Enter: "fullscreen",
  };
  for (const [key, action] of Object.entries(keys))
    assert.equal(actionOf(press(key), null), action);
  assert.equal(actionOf(press("n", { ctrlKey: true }), null), null);
  assert.equal(actionOf(press("n", { repeat: true }), null), null);
  assert.equal(actionOf(press("ArrowUp", { repeat: true }), null), "opacity-up");
  assert.equal(actionOf(press("z"), null), null);
});

test("keys that the focused element needs are its own", () => {
  const onInput = (type: string, key: string) => actionOf(press(key), { tagName: "INPUT", type });
  assert.equal(onInput("search", "n"), null);
  assert.equal(onInput("search", "Escape"), "close");
  assert.equal(onInput("range", "ArrowUp"), null);
  assert.equal(onInput("range", "n"), "next");
  assert.equal(onInput("checkbox", " "), null);
  assert.equal(onInput("checkbox", "n"), "next");
  assert.equal(actionOf(press("Enter"), { tagName: "BUTTON" }), null);
  assert.equal(actionOf(press("n"), { tagName: "BUTTON" }), "next");
  assert.equal(actionOf(press("n"), { tagName: "SELECT" }), null);
});
