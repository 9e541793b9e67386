// Signals that tests make up: a frame's features, a store, frames of a virtual clock.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { AudioFeatures } from "../../../aivj/stage/web/src/director/audio_features.ts";
import type { Store } from "../../../aivj/stage/web/src/ground/json.ts";

const SILENT: AudioFeatures = {
  rms: 0,
  audible: false,
  energy01: 0,
  energyFast01: 0,
  energySlow01: 0,
  accent01: 0,
  kick01: 0,
  bass01: 0,
  bassLong01: 0,
  synth01: 0,
  clap01: 0,
  hihat01: 0,
  mid01: 0,
  high01: 0,
  flux01: 0,
  onsetEdge01: 0,
  onsetsPerS: 0,
  beatPulse01: 0,
  beatConfidence01: 0,
  beatStability01: 0,
  beatQuality01: 0,
  beatTrusted: false,
  beatsPerMinute: null,
};

/** Silence but for what is given. */
export function featuresOf(heard: Partial<AudioFeatures>): AudioFeatures {
  return { ...SILENT, ...heard };
}

export interface MemoryStore extends Store {
  readonly items: Map<string, string>;
}

export function memoryStore(items: Record<string, string> = {}): MemoryStore {
  const kept = new Map(Object.entries(items));
  return {
    items: kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

/** A store that a browser refuses, or that is full. */
export function refusingStore(): Store {
  const refuse = () => {
    throw new Error("QuotaExceededError");
  };
  return { getItem: refuse, setItem: refuse };
}

/** What the code will have said on the console. */
export function warningsOf(context: TestContext): unknown[] {
  const said: unknown[] = [];
  context.mock.method(console, "warn", (text: unknown) => said.push(text));
  return said;
}

/** Calls `step` with each frame's time in ms, from `startS` up to `endS`. */
export function everyFrame(
  [startS, endS]: readonly [startS: number, endS: number],
  framesPerS: number,
  step: (nowMs: number) => void,
): void {
  for (let frame = Math.round(startS * framesPerS); frame < endS * framesPerS; frame++) {
    step((frame * 1000) / framesPerS);
  }
}

/** Pearson's statistic of counts against probabilities. */
export function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count);
  return counts.reduce((sum, count, index) => {
    const expected = total * (probabilities[index] ?? 0);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

export function assertNear(
  actual: number | null | undefined,
  expected: number,
  tolerance = 1e-12,
  message = "",
): void {
  const near = typeof actual === "number" && Math.abs(actual - expected) <= tolerance;
  assert.ok(near, `${message} ${actual} is not ${expected}`.trim());
}
