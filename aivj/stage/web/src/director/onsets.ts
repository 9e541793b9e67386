// Where sounds begin: spectral flux, its edges, and how many a second.

import { clamp01 } from "../ground/smoothing.ts";
import type { BandHz, Spectrum } from "./spectrum.ts";

export interface Onsets {
  /** How much louder the bands became within the last 30 ms, 0 to 1. */
  readonly flux01: number;
  /** Whether the flux has just come above the threshold. */
  readonly begins: boolean;
  /** Strength of the last onset, dying away; 0 to 1. */
  readonly edge01: number;
  /** Over the last 2 s. */
  readonly perS: number;
}

/** As the runtime has them. */
const THRESHOLD = 0.35;
const COUNTED_MS = 2_000;

/** Ours: a window of samples lasts 23 ms, so that flux is the same at any frame rate. */
const MIN_APART_MS = 28;
/** Flux that trembles about the threshold is one onset. */
const MIN_GAP_MS = 60;
const EDGE_DECAY_PER_S = 8;
/** Flux of a kick and its click; what all bands do at once is above it. */
const FULL_FLUX = 0.5;
/** Loudness by which a band counts as heard: it makes the logarithm forget what is softer. */
const AUDIBLE_AMPLITUDE = 0.01;
const LOWEST_HZ = 43;
const HIGHEST_HZ = 14_000;
const NUM_BANDS = 16;

const BANDS: readonly BandHz[] = Array.from({ length: NUM_BANDS }, (_, band) => {
  const edge = (index: number) => LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (index / NUM_BANDS);
  return { lowHz: edge(band), highHz: edge(band + 1) };
});

interface Heard {
  readonly timeMs: number;
  readonly levels: readonly number[];
}

export class OnsetDetector {
  /** Oldest first; the first is the one to compare with. */
  #heard: Heard[] = [];
  #beginsMs: number[] = [];
  #flux01 = 0;
  #edge01 = 0;

  /** Goes on by a frame. `gain` brings the music to its usual loudness. */
  advance(spectrum: Spectrum, gain: number, nowMs: number, elapsedS: number): Onsets {
    const levels = BANDS.map((band) => {
      return Math.log10(1 + (gain * spectrum.rmsOf(band)) / AUDIBLE_AMPLITUDE);
    });
    const before = this.#flux01;
    this.#flux01 = clamp01(this.#riseOf(levels, nowMs) / FULL_FLUX);
    const crosses = before <= THRESHOLD && this.#flux01 > THRESHOLD;
    const begins =
      crosses && nowMs - (this.#beginsMs.at(-1) ?? Number.NEGATIVE_INFINITY) >= MIN_GAP_MS;
    this.#edge01 *= Math.exp(-EDGE_DECAY_PER_S * elapsedS);
    if (begins) this.#beginsMs.push(nowMs);
    if (this.#flux01 > THRESHOLD) this.#edge01 = Math.max(this.#edge01, this.#flux01);
    this.#beginsMs = this.#beginsMs.filter((timeMs) => nowMs - timeMs < COUNTED_MS);
    const perS = this.#beginsMs.length / (COUNTED_MS / 1000);
    return { flux01: this.#flux01, begins, edge01: this.#edge01, perS };
  }

  /** Root mean square of how much the bands rose. */
  #riseOf(levels: readonly number[], nowMs: number): number {
    this.#heard.push({ timeMs: nowMs, levels });
    while ((this.#heard[1]?.timeMs ?? nowMs) <= nowMs - MIN_APART_MS) this.#heard.shift();
    const reference = this.#heard[0]?.levels ?? levels;
    const rises = levels.map((level, band) => Math.max(0, level - (reference[band] ?? level)));
    return Math.sqrt(rises.reduce((sum, rise) => sum + rise * rise, 0) / rises.length);
  }
}
