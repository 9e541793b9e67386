// The beat: when it falls, and how far it can be trusted.

import type { Onsets } from "./onsets.ts";
import { clamp01 } from "./smoothing.ts";
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

/** All ours. */
const ESTIMATE_EVERY_MS = 600;
const NUM_ESTIMATES = 6;
const FEWEST_ESTIMATES = 3;
/** Spread of the beat's length, as a share of it, that counts as no stability at all. */
const UNSTABLE_SPREAD = 0.1;
const PULSE_DECAY_PER_S = 7;
/** An onset this far into the beat is the next one; before that it is an off-beat. */
const EARLIEST_SHARE = 0.7;
const UNKNOWN_PERIOD_S = 0.35;

export class BeatTracker {
  readonly #flux = new SlottedHistory();
  #periodsS: number[] = [];
  #confidence01 = 0;
  #estimatedAtMs = Number.NEGATIVE_INFINITY;
  #beatAtMs = Number.NEGATIVE_INFINITY;

  /** Goes on by a frame. */
  advance(onsets: Pick<Onsets, "flux01" | "begins">, nowMs: number): Beat {
    this.#flux.add(onsets.flux01, nowMs);
    if (nowMs - this.#estimatedAtMs >= ESTIMATE_EVERY_MS) this.#estimate(nowMs);
    const periodS = this.#periodsS.at(-1);
    const earliestMs = 1000 * EARLIEST_SHARE * (periodS ?? UNKNOWN_PERIOD_S);
    if (onsets.begins && nowMs - this.#beatAtMs >= earliestMs) this.#beatAtMs = nowMs;
    return {
      pulse01: Math.exp((-PULSE_DECAY_PER_S * (nowMs - this.#beatAtMs)) / 1000),
      confidence01: this.#confidence01,
      stability01: stabilityOf(this.#periodsS),
      beatsPerMinute: periodS === undefined ? null : 60 / periodS,
    };
  }

  #estimate(nowMs: number): void {
    this.#estimatedAtMs = nowMs;
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
