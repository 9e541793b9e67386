import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Autopilot,
  type Frame,
  type Moment,
} from "../../../aivj/stage/web/src/director/autopilot.ts";
import { assertNear, everyFrame, featuresOf } from "./director_signals.ts";

const STEADY = featuresOf({
  rms: 0.1,
  audible: true,
  energy01: 0.7,
  energyFast01: 0.7,
  energySlow01: 0.7,
  kick01: 0.7,
  beatQuality01: 1,
  beatConfidence01: 1,
  beatPulse01: 0.5,
  beatTrusted: true,
  onsetsPerS: 4,
});

function frameAt(nowMs: number, given: Partial<Frame> = {}): Frame {
  return {
    features: STEADY,
    nowMs,
    frameP95Ms: null,
    humanHold: false,
    midiLock: false,
    forcedOpen: false,
    grips: {},
    ...given,
  };
}

/** What a pilot says last of a while of the same. */
function flown(pilot: Autopilot, span: readonly [number, number], given: Partial<Frame> = {}) {
  let moment: Moment | null = null;
  everyFrame(span, 60, (nowMs) => {
    moment = pilot.advance(frameAt(nowMs, given));
  });
  return (moment as Moment | null) ?? assert.fail("no frames");
}

test("the links of the chain hear the same music", () => {
  const { scene, section, macros } = flown(new Autopilot("custom"), [0, 10]);
  assert.equal(scene.scene, "techno");
  assert.equal(section, "PEAK");
  // 0.4 + 0.18 of the energy, 0.08 of the kick, and techno's bias.
  assertNear(macros.motion, 0.4 + 0.18 * 0.7 + 0.08 * 0.7 + 0.12, 1e-3);
});

test("a profile can be changed while it flies", () => {
  const pilot = new Autopilot("custom");
  const before = flown(pilot, [0, 10]);
  pilot.profile = "drone";
  const after = flown(pilot, [10, 20]);
  assertNear(after.macros.sparkle, before.macros.sparkle - 0.18, 1e-3);
  assert.deepEqual([before.slots["aivj-m4"], after.slots["aivj-m4"]], [0.5, 0.375]);
});

test("dials that people hold stand still, and the director goes by them", () => {
  const grips = { motion: { manual: 0.1 }, sparkle: { midi: 0.2, manual: 0.9 } };
  const rising = { ...STEADY, energySlow01: 0.2 };
  const held = new Autopilot("custom");
  const { macros, request } = flown(held, [0, 20], { features: rising, grips });
  assert.deepEqual([macros.motion, macros.sparkle, request], [0.1, 0.2, null]);
  const requestsOf = (pilot: Autopilot, given: Partial<Frame>) => {
    let numRequests = 0;
    everyFrame([0, 20], 60, (nowMs) => {
      const { request } = pilot.advance(frameAt(nowMs, { features: rising, ...given }));
      if (request?.layer === "foreground") numRequests += 1;
    });
    return numRequests;
  };
  assert.equal(requestsOf(new Autopilot("custom"), { grips }), 0);
  assert.equal(requestsOf(new Autopilot("custom"), {}), 1);
});

test("a switch by hand is heard of", () => {
  const rising = { ...STEADY, energySlow01: 0.2 };
  const pilot = new Autopilot("custom");
  flown(pilot, [0, 10], { features: rising });
  pilot.noteSwitch("foreground", 10_000);
  const times: number[] = [];
  everyFrame([10, 30], 60, (nowMs) => {
    const { request } = pilot.advance(frameAt(nowMs, { features: rising }));
    if (request?.layer === "foreground") times.push(nowMs);
  });
  assertNear(times[0], 21_000, 20);
  assert.equal(times.length, 1);
});

test("a pause of the page moves nothing further than a quarter of a second", () => {
  const other = featuresOf({ rms: 0.1, audible: true });
  const [paused, awake] = [new Autopilot("custom"), new Autopilot("custom")];
  flown(paused, [0, 10]);
  flown(awake, [0, 10]);
  const after = paused.advance(frameAt(3_600_000, { features: other }));
  const quarter = awake.advance(frameAt(10_233, { features: other }));
  assertNear(after.macros.fusion, quarter.macros.fusion, 1e-3);
  assertNear(after.scene.scores.techno, quarter.scene.scores.techno, 1e-2);
});
