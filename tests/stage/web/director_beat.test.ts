import assert from "node:assert/strict";
import { test } from "node:test";
import { type Beat, BeatTracker } from "../../../aivj/stage/web/src/director/beat.ts";
import { SlottedHistory, tempoOf } from "../../../aivj/stage/web/src/director/tempo.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { assertNear, everyFrame } from "./director_signals.ts";

/** Flux that jumps up at each time and is gone 35 ms later. */
function fluxAt(timesMs: readonly number[], nowMs: number): number {
  return timesMs.some((timeMs) => nowMs >= timeMs && nowMs < timeMs + 35) ? 0.8 : 0.05;
}

function steadyBeats(beatsPerMinute: number, seconds: number): number[] {
  const periodMs = 60_000 / beatsPerMinute;
  const numBeats = Math.floor((seconds * 1000) / periodMs);
  return Array.from({ length: numBeats }, (_, beat) => 500 + beat * periodMs);
}

/** What a tracker says of onsets, frame by frame. */
function followed(timesMs: readonly number[], seconds: number, framesPerS: number) {
  const tracker = new BeatTracker();
  const beats: [nowMs: number, beat: Beat][] = [];
  let before = 0;
  everyFrame([0, seconds], framesPerS, (nowMs) => {
    const flux01 = fluxAt(timesMs, nowMs);
    beats.push([
      nowMs,
      tracker.advance({ flux01, begins: before <= 0.35 && flux01 > 0.35 }, nowMs),
    ]);
    before = flux01;
  });
  return beats;
}

function last(beats: readonly [number, Beat][]): Beat {
  return beats.at(-1)?.[1] ?? assert.fail("no beats");
}

test("a steady beat is found, at any tempo and frame rate", () => {
  for (const beatsPerMinute of [90, 100, 120, 128, 140, 165]) {
    for (const framesPerS of [30, 60, 144]) {
      const beat = last(followed(steadyBeats(beatsPerMinute, 12), 12, framesPerS));
      const what = `${beatsPerMinute} bpm at ${framesPerS} frames a second`;
      assertNear(beat.beatsPerMinute, beatsPerMinute, 1.5, what);
      assert.ok(beat.confidence01 > 0.9, `${what}: confidence ${beat.confidence01}`);
      assert.ok(beat.stability01 > 0.9, `${what}: stability ${beat.stability01}`);
    }
  }
});

test("a slow beat is taken as its double, a fast one as its half", () => {
  assertNear(last(followed(steadyBeats(70, 14), 14, 60)).beatsPerMinute, 140, 2);
  assertNear(last(followed(steadyBeats(200, 14), 14, 60)).beatsPerMinute, 100, 2);
});

test("onsets without a beat are not trusted", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const stream = new RandomStream(seed);
    const timesMs = [500];
    while ((timesMs.at(-1) ?? 0) < 20_000) {
      timesMs.push((timesMs.at(-1) ?? 0) + 120 + 900 * stream.next());
    }
    const beats = followed(timesMs, 20, 60).slice(600);
    const trusted = beats.filter(
      ([, beat]) => beat.confidence01 >= 0.75 && beat.stability01 >= 0.65,
    );
    assert.ok(trusted.length < 0.1 * beats.length, `seed ${seed}: ${trusted.length} frames`);
    const sum = beats.reduce((total, [, beat]) => total + beat.confidence01, 0);
    assert.ok(sum / beats.length < 0.5, `seed ${seed}: confidence ${sum / beats.length}`);
  }
});

test("even flux has no tempo, however long it lasts", () => {
  const stream = new RandomStream(1);
  const noise = Array.from({ length: 400 }, () => 0.1 + 0.1 * stream.next());
  assert.equal(tempoOf(noise), null);
  assert.equal(tempoOf(new Array(400).fill(0.3)), null);
});

test("a tempo needs 4 s of history", () => {
  const flux = Array.from({ length: 400 }, (_, slot) => (slot % 25 < 2 ? 1 : 0));
  assert.equal(tempoOf(flux.slice(0, 199)), null);
  assertNear(tempoOf(flux.slice(0, 200))?.periodS, 0.5, 1e-3);
});

test("a tempo is stable after its third estimate", () => {
  const beats = followed(steadyBeats(120, 12), 12, 60);
  const found = beats.find(([, beat]) => beat.beatsPerMinute !== null)?.[0] ?? assert.fail("none");
  const stable = beats.find(([, beat]) => beat.stability01 > 0)?.[0];
  assertNear(stable, found + 2 * 600, 50);
});

test("a beat that stops loses its confidence within the history's 8 s", () => {
  const beats = followed(steadyBeats(120, 10), 20, 60);
  const at = (seconds: number) => beats[seconds * 60]?.[1] ?? assert.fail("no beat");
  assert.ok(at(10).confidence01 > 0.9);
  assert.equal(at(19).confidence01, 0);
  assert.equal(at(19).beatsPerMinute, null);
});

test("another tempo is not stable until it has been heard for a while", () => {
  const changed = [...steadyBeats(100, 10), ...steadyBeats(140, 12).map((ms) => ms + 10_000)];
  const beats = followed(changed, 22, 60);
  const lowest = Math.min(...beats.slice(10 * 60, 18 * 60).map(([, beat]) => beat.stability01));
  assert.ok(lowest < 0.3, `${lowest}`);
  assertNear(last(beats).beatsPerMinute, 140, 2);
  assert.ok(last(beats).stability01 > 0.9);
});

test("the pulse falls on beats, not on off-beats, and dies away", () => {
  const beatMs = 500;
  const onBeats = steadyBeats(120, 16);
  const offBeats = onBeats.map((timeMs) => timeMs + beatMs / 2);
  const beats = followed([...onBeats, ...offBeats], 16, 60).slice(8 * 60);
  const pulses = beats.filter(([, { pulse01 }]) => pulse01 > 0.99);
  assertNear(pulses.length, 16, 1);
  for (const [nowMs, { pulse01 }] of beats) {
    assert.ok(pulse01 >= Math.exp(-7 * 0.52) && pulse01 <= 1, `${pulse01} at ${nowMs} ms`);
  }
});

test("history is on a grid, whatever the frames", () => {
  const valuesOf = (given: readonly (readonly [value: number, nowMs: number])[]) => {
    const history = new SlottedHistory();
    for (const [value, nowMs] of given) history.add(value, nowMs);
    return history.values;
  };
  assert.deepEqual(valuesOf([[1, 5]]), [1]);
  assert.deepEqual(
    valuesOf([
      [1, 5],
      [3, 10],
      [2, 15],
      [4, 25],
    ]),
    [3, 4],
  );
  // A slot without a frame repeats the one before.
  assert.deepEqual(
    valuesOf([
      [1, 5],
      [2, 65],
    ]),
    [1, 1, 1, 2],
  );
  // Behind a long pause, or when the clock starts again, nothing of before counts.
  assert.deepEqual(
    valuesOf([
      [1, 5],
      [2, 60_000],
    ]),
    [2],
  );
  assert.deepEqual(
    valuesOf([
      [1, 500],
      [2, 5],
    ]),
    [2],
  );
  const long = new SlottedHistory();
  for (let slot = 0; slot < 1000; slot++) long.add(slot, slot * 20);
  assert.equal(long.values.length, 400);
  assert.deepEqual([long.values[0], long.values.at(-1)], [600, 999]);
});

test("a beat that is looked for ten times a second is found too, and with fewer steps", () => {
  const tracker = new BeatTracker();
  const timesMs = steadyBeats(120, 16);
  let beat: Beat | null = null;
  let before = 0;
  everyFrame([0, 16], 60, (nowMs) => {
    const flux01 = fluxAt(timesMs, nowMs);
    const begins = before <= 0.35 && flux01 > 0.35;
    beat = tracker.advance({ flux01, begins }, nowMs, { stepsPerS: 10, estimateEveryMs: 1500 });
    before = flux01;
  });
  assertNear((beat as Beat | null)?.beatsPerMinute, 120, 3);
  assert.deepEqual([tracker.numSteps, tracker.numEstimates], [160, 11]);
});
