// The beat: when it falls, and how far it can be trusted.

import { clamp01 } from "../ground/smoothing.ts";
import type { Onsets } from "./onsets.ts";
import { SlottedHistory, tempoOf } from "./tempo.ts";

export interface Beat {
  /** 1 where a beat falls, dying away behind it. */
  readonly pulse01: number;
  readonly confidence01: number;
  /** How little the beat's length changed over the last estimates. */
  readonly stability01: number;
  /** Null while none is found. */
  readonly beatsPerMinute: number | null;
}

/** How often the beat is looked for. */
export interface BeatRates {
  /** Most steps a second; sounds that begin between two steps are kept for the next. */
  readonly stepsPerS: number;
  /** From one estimate of the tempo to the next. */
  readonly estimateEveryMs: number;
}

export const EVERY_STEP: BeatRates = {
  stepsPerS: Number.POSITIVE_INFINITY,
  estimateEveryMs: 600,
};

/** A frame that comes a little early is the one that was meant. */
const EARLY_MS = 4;
/** All ours. */
const NUM_ESTIMATES = 6;
const FEWEST_ESTIMATES = 3;
/** Spread of the beat's length, as a share of it, that counts as no stability at all. */
const UNSTABLE_SPREAD = 0.1;
const PULSE_DECAY_PER_S = 7;
/** An onset this far into the beat is the next one; before that it is an off-beat. */
const EARLIEST_SHARE = 0.7;
const UNKNOWN_PERIOD_S = 0.35;

type HeardOnset = Pick<Onsets, "flux01" | "begins">;

export class BeatTracker {
  readonly #flux = new SlottedHistory();
  #periodsS: number[] = [];
  #confidence01 = 0;
  #estimatedAtMs = Number.NEGATIVE_INFINITY;
  #beatAtMs = Number.NEGATIVE_INFINITY;
  #steppedAtMs = Number.NEGATIVE_INFINITY;
  #waiting: HeardOnset = { flux01: 0, begins: false };
  #numSteps = 0;
  #numEstimates = 0;

  /** Steps that were made, of all frames. */
  get numSteps(): number {
    return this.#numSteps;
  }

  /** Times that the tempo was estimated. */
  get numEstimates(): number {
    return this.#numEstimates;
  }

  /** Goes on by a frame, which is no step of its own while the last one is too recent. */
  advance(onsets: HeardOnset, nowMs: number, rates: BeatRates = EVERY_STEP): Beat {
    this.#waiting = {
      flux01: Math.max(this.#waiting.flux01, onsets.flux01),
      begins: this.#waiting.begins || onsets.begins,
    };
    if (nowMs - this.#steppedAtMs >= 1000 / rates.stepsPerS - EARLY_MS) {
      this.#step(this.#waiting, nowMs, rates.estimateEveryMs);
      this.#waiting = { flux01: 0, begins: false };
    }
    const periodS = this.#periodsS.at(-1);
    return {
      pulse01: Math.exp((-PULSE_DECAY_PER_S * (nowMs - this.#beatAtMs)) / 1000),
      confidence01: this.#confidence01,
      stability01: stabilityOf(this.#periodsS),
      beatsPerMinute: periodS === undefined ? null : 60 / periodS,
    };
  }

  #step({ flux01, begins }: HeardOnset, nowMs: number, estimateEveryMs: number): void {
    this.#steppedAtMs = nowMs;
    this.#numSteps += 1;
    this.#flux.add(flux01, nowMs);
    if (nowMs - this.#estimatedAtMs >= estimateEveryMs) this.#estimate(nowMs);
    const earliestMs = 1000 * EARLIEST_SHARE * (this.#periodsS.at(-1) ?? UNKNOWN_PERIOD_S);
    if (begins && nowMs - this.#beatAtMs >= earliestMs) this.#beatAtMs = nowMs;
  }

  #estimate(nowMs: number): void {
    this.#estimatedAtMs = nowMs;
    this.#numEstimates += 1;
    const tempo = tempoOf(this.#flux.values);
    this.#confidence01 = tempo?.confidence01 ?? 0;
    this.#periodsS = tempo === null ? [] : [...this.#periodsS, tempo.periodS].slice(-NUM_ESTIMATES);
  }
}

/** 1 when all periods are equal, 0 when they spread by a tenth or are too few to tell. */
function stabilityOf(periodsS: readonly number[]): number {
  if (periodsS.length < FEWEST_ESTIMATES) return 0;
  const mean = periodsS.reduce((sum, periodS) => sum + periodS, 0) / periodsS.length;
  const squares = periodsS.reduce((sum, periodS) => sum + (periodS - mean) ** 2, 0);
  const spread = Math.sqrt(squares / periodsS.length) / mean;
  return clamp01(1 - spread / UNSTABLE_SPREAD);
}
