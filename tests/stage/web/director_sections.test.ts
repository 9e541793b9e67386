import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Section,
  type SectionInputs,
  SectionMachine,
} from "../../../aivj/stage/web/src/director/sections.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { everyFrame, featuresOf } from "./director_signals.ts";

const FRAMES_PER_S = 100;
const FRAME_S = 1 / FRAMES_PER_S;

function music(energy01: number, onsetsPerS = 4, heard: Partial<SectionInputs> = {}) {
  return featuresOf({ energy01, onsetsPerS, audible: true, beatTrusted: true, ...heard });
}

/** When the machine is first in a section, in s; null when it never is. */
function timeOf(
  machine: SectionMachine,
  section: Section,
  heard: SectionInputs,
  span: readonly [number, number],
): number | null {
  let found: number | null = null;
  everyFrame(span, FRAMES_PER_S, (nowMs) => {
    const is = machine.advance(heard, nowMs, nowMs === 0 ? 0 : FRAME_S) === section;
    if (is) found ??= nowMs / 1000;
  });
  return found;
}

function assertAt(actual: number | null, expectedS: number) {
  assert.ok(actual !== null && Math.abs(actual - expectedS) <= 2.5 * FRAME_S, `${actual} s`);
}

/** When a low-pass of some rate, from 0 towards `target`, comes above `level`. */
function riseS(target: number, level: number, ratePerS = 1.6): number {
  return Math.log(target / (target - level)) / ratePerS;
}

test("calm becomes groove when the slow energy was above 0.35 for 1.2 s", () => {
  assertAt(timeOf(new SectionMachine(), "GROOVE", music(0.7), [0, 5]), riseS(0.7, 0.35) + 1.2);
  assertAt(timeOf(new SectionMachine(), "GROOVE", music(0.36), [0, 9]), riseS(0.36, 0.35) + 1.2);
  assert.equal(timeOf(new SectionMachine(), "GROOVE", music(0.35), [0, 30]), null);
});

test("groove becomes peak when energy and onsets were high for 1.5 s", () => {
  const grooveS = riseS(1, 0.35) + 1.2;
  assertAt(timeOf(new SectionMachine(), "PEAK", music(1, 2.5), [0, 9]), grooveS + 1.5);
  assert.equal(timeOf(new SectionMachine(), "PEAK", music(1, 2.2), [0, 30]), null);
  assert.equal(timeOf(new SectionMachine(), "PEAK", music(0.65, 9), [0, 30]), null);
});

test("peak becomes groove when the slow energy was below 0.55 for 2 s", () => {
  const peaking = () => {
    const machine = new SectionMachine();
    timeOf(machine, "PEAK", music(1), [0, 20]);
    return machine;
  };
  const fallS = Math.log(1 / 0.55) / 0.6;
  assertAt(timeOf(peaking(), "GROOVE", music(0), [20, 30]), 20 + fallS + 2);
  assert.equal(timeOf(peaking(), "GROOVE", music(0.55), [20, 60]), null);
});

test("a hold that is broken begins anew", () => {
  const machine = new SectionMachine();
  timeOf(machine, "PEAK", music(1, 2.5), [0, 2.9]);
  assert.equal(timeOf(machine, "PEAK", music(1, 1), [2.9, 3]), null);
  assertAt(timeOf(machine, "PEAK", music(1, 2.5), [3, 9]), 3 + 1.5);
});

test("without audio it is calm at once, and so long", () => {
  const machine = new SectionMachine();
  timeOf(machine, "PEAK", music(1), [0, 10]);
  assert.equal(machine.advance(music(1, 4, { audible: false }), 10_000, FRAME_S), "CALM");
  assert.equal(timeOf(machine, "GROOVE", music(1, 4, { audible: false }), [10, 20]), null);
});

test("without a beat to trust it is calm after 1 s", () => {
  const machine = new SectionMachine();
  timeOf(machine, "PEAK", music(1), [0, 10]);
  const lost = timeOf(machine, "CALM", music(1, 4, { beatTrusted: false }), [10, 15]);
  assertAt(lost, 9.99 + 1);
  assert.equal(timeOf(machine, "GROOVE", music(1, 4, { beatTrusted: false }), [15, 30]), null);
});

test("a beat lost for less than 1 s changes nothing", () => {
  const machine = new SectionMachine();
  timeOf(machine, "PEAK", music(1), [0, 10]);
  for (let round = 10; round < 20; round++) {
    const untrusted = music(1, 4, { beatTrusted: false });
    assert.equal(timeOf(machine, "CALM", untrusted, [round, round + 0.9]), null);
    assert.equal(timeOf(machine, "CALM", music(1), [round + 0.9, round + 1]), null);
  }
});

test("calm and peak are never neighbours while the music is trusted", () => {
  const stream = new RandomStream(3);
  const machine = new SectionMachine();
  let before: Section = "CALM";
  let numChanges = 0;
  let startS = 0;
  for (let part = 0; part < 400; part++) {
    const heard = music(stream.next() < 0.5 ? 1 : stream.next(), 6 * stream.next());
    const endS = startS + 1 + Math.floor(4 * stream.next());
    everyFrame([startS, endS], 20, (nowMs) => {
      const section = machine.advance(heard, nowMs, 1 / 20);
      assert.ok(!(before === "CALM" && section === "PEAK"));
      assert.ok(!(section === "CALM" && before !== "CALM"), "only lost music is calm again");
      if (section !== before) numChanges += 1;
      before = section;
    });
    startS = endS;
  }
  assert.ok(numChanges > 10, `${numChanges} changes`);
});
