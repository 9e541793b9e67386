// How long a beat is, from where sounds began in the last seconds.

import { clamp01 } from "../ground/smoothing.ts";

interface Tempo {
  readonly periodS: number;
  /** How alike the onsets are one and two beats later. */
  readonly confidence01: number;
}

/** All ours. */
const SLOT_MS = 20;
const NUM_SLOTS = 400;
const FEWEST_SLOTS = 200;
/** One octave, 86 to 171 beats a minute: a slower beat counts as its double, a faster as its half. */
const SHORTEST_SLOTS = 18;
const LONGEST_SLOTS = 35;
/** Onsets are a little early and late; spread over 100 ms they still meet. */
const SPREAD = [1, 2, 3, 2, 1];
/** Likeness that noise reaches too, and that of music whose beat everybody hears. */
const CHANCE_LIKENESS = 0.15;
const SURE_LIKENESS = 0.42;
/** Flux that varies less than this is noise, and noise has a best beat too. */
const LEAST_DEVIATION = 0.06;

/** The last 8 s of a signal that comes with the frames, on a grid of 20 ms. */
export class SlottedHistory {
  #values: number[] = [];
  #slot = 0;

  get values(): readonly number[] {
    return this.#values;
  }

  /** The larger of several values in a slot counts; a slot that no frame fell into repeats. */
  add(value: number, nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    const numNew = slot - this.#slot;
    const last = this.#values.pop();
    if (last === undefined || numNew < 0 || numNew > NUM_SLOTS) {
      this.#values = [value];
    } else if (numNew === 0) {
      this.#values.push(Math.max(last, value));
    } else {
      this.#values.push(...new Array<number>(numNew).fill(last), value);
      this.#values.splice(0, this.#values.length - NUM_SLOTS);
    }
    this.#slot = slot;
  }
}

/**
 * The tempo of a history of flux; null while that is short, or too even to have one.
 *
 * The beat is the lag at which the signal is most like itself, by the mean of the autocorrelation
 * at the lag and its double, with a parabola through the neighbours.
 */
export function tempoOf(flux: readonly number[]): Tempo | null {
  if (flux.length < FEWEST_SLOTS) return null;
  const centred = centredOf(spreadOf(flux));
  const power = centred.reduce((sum, value) => sum + value * value, 0) / centred.length;
  if (Math.sqrt(power) < LEAST_DEVIATION) return null;
  const likeness = (lag: number) =>
    (autocorrelation(centred, lag) + autocorrelation(centred, 2 * lag)) / 2;
  // One more at both ends, so that each lag has neighbours.
  const likenesses = Array.from({ length: LONGEST_SLOTS - SHORTEST_SLOTS + 3 }, (_, index) =>
    likeness(SHORTEST_SLOTS - 1 + index),
  );
  const most = Math.max(...likenesses.slice(1, -1));
  const best = likenesses.indexOf(most, 1);
  const shift = peakShift(likenesses[best - 1] ?? most, most, likenesses[best + 1] ?? most);
  const periodS = ((SHORTEST_SLOTS - 1 + best + shift) * SLOT_MS) / 1000;
  const confidence01 = clamp01((most - CHANCE_LIKENESS) / (SURE_LIKENESS - CHANCE_LIKENESS));
  return { periodS, confidence01 };
}

/** How far the top of a parabola through three neighbours lies from the middle one. */
function peakShift(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend < 0 ? Math.min(Math.max((left - right) / (2 * bend), -0.5), 0.5) : 0;
}

function spreadOf(values: readonly number[]): number[] {
  const total = SPREAD.reduce((sum, weight) => sum + weight);
  const middle = (SPREAD.length - 1) / 2;
  return values.map((_, slot) => {
    const parts = SPREAD.map((weight, index) => weight * (values[slot + index - middle] ?? 0));
    return parts.reduce((sum, part) => sum + part) / total;
  });
}

function centredOf(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** Of centred values with themselves `lag` later, -1 to 1. */
function autocorrelation(values: readonly number[], lag: number): number {
  let product = 0;
  let early = 0;
  let late = 0;
  for (let slot = 0; slot + lag < values.length; slot++) {
    const first = values[slot] as number;
    const second = values[slot + lag] as number;
    product += first * second;
    early += first * first;
    late += second * second;
  }
  const norm = Math.sqrt(early * late);
  return norm > 0 ? product / norm : 0;
}
