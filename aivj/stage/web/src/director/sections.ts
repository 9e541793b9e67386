// Where in a track this is: calm, groove or peak.

import { approach } from "../ground/smoothing.ts";
import type { AudioFeatures } from "./audio_features.ts";

export type Section = "CALM" | "GROOVE" | "PEAK";

/** What the machine hears. */
export type SectionInputs = Pick<
  AudioFeatures,
  "energy01" | "onsetsPerS" | "beatTrusted" | "audible"
>;

/** All as the runtime has them. */
const RISING_RATE_PER_S = 1.6;
const FALLING_RATE_PER_S = 0.6;
const BEAT_LOST_MS = 1_000;

interface Step {
  readonly to: Section;
  readonly holdMs: number;
  readonly wanted: (slowEnergy01: number, onsetsPerS: number) => boolean;
}

const STEPS: Readonly<Record<Section, Step>> = {
  CALM: { to: "GROOVE", holdMs: 1_200, wanted: (energy01) => energy01 > 0.35 },
  GROOVE: {
    to: "PEAK",
    holdMs: 1_500,
    wanted: (energy01, onsetsPerS) => energy01 > 0.65 && onsetsPerS > 2.2,
  },
  PEAK: { to: "GROOVE", holdMs: 2_000, wanted: (energy01) => energy01 < 0.55 },
};

/** Starts calm. */
export class SectionMachine {
  #section: Section = "CALM";
  #slowEnergy01 = 0;
  #wantedSinceMs: number | null = null;
  #trustedAtMs = Number.NEGATIVE_INFINITY;

  /** Goes on by a frame. Without audio it is calm at once, without a beat to trust after 1 s. */
  advance(inputs: SectionInputs, nowMs: number, elapsedS: number): Section {
    const { energy01, onsetsPerS, beatTrusted, audible } = inputs;
    const rate = energy01 > this.#slowEnergy01 ? RISING_RATE_PER_S : FALLING_RATE_PER_S;
    this.#slowEnergy01 = approach(this.#slowEnergy01, energy01, elapsedS, rate);
    if (beatTrusted) this.#trustedAtMs = nowMs;
    if (!audible || nowMs - this.#trustedAtMs >= BEAT_LOST_MS) {
      this.#enter("CALM");
    } else {
      this.#consider(STEPS[this.#section], onsetsPerS, nowMs);
    }
    return this.#section;
  }

  #consider(step: Step, onsetsPerS: number, nowMs: number): void {
    if (!step.wanted(this.#slowEnergy01, onsetsPerS)) {
      this.#wantedSinceMs = null;
      return;
    }
    this.#wantedSinceMs ??= nowMs;
    if (nowMs - this.#wantedSinceMs >= step.holdMs) this.#enter(step.to);
  }

  #enter(section: Section): void {
    this.#section = section;
    this.#wantedSinceMs = null;
  }
}
