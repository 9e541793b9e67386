// What the presets hear of what plays: brought to an even loudness, and how loud it was before.

import type { AudioLevels } from "butterchurn";
import { emptyLevels, type SoundWindow, toBytes } from "./window.ts";

export interface Loudness {
  /** Root mean square of the pre-emphasised mono signal, before gain, 0 to 1. */
  readonly rms: number;
  /** Its largest magnitude, 0 to 1. */
  readonly peak: number;
  /** What the presets get the samples multiplied by. */
  readonly gain: number;
}

/** All as the runtime has them. */
const PRE_EMPHASIS = 0.97;
const TARGET_RMS = 0.2;
const LEAST_GAIN = 0.8;
const MOST_GAIN = 5.5;
/** What is quieter is silence: it is not amplified. */
export const MIN_SOUND_RMS = 0.0005;

/** Ours: how long it takes to get used to another loudness. */
const MEMORY_S = 2;

export class Hearing {
  readonly #levels = emptyLevels();
  #meanSquare = TARGET_RMS ** 2;
  #loudness: Loudness = { rms: 0, peak: 0, gain: 1 };

  get loudness(): Loudness {
    return this.#loudness;
  }

  /** Measures a window, `elapsedS` after the one before; returns what the presets get of it. */
  hear({ mono, left, right }: SoundWindow, elapsedS: number): AudioLevels {
    const { rms, peak } = preEmphasised(mono);
    const gain = this.#nextGain(mono, rms, elapsedS);
    this.#loudness = { rms, peak, gain };
    toBytes(mono, this.#levels.timeByteArray, gain);
    toBytes(left, this.#levels.timeByteArrayL, gain);
    toBytes(right, this.#levels.timeByteArrayR, gain);
    return this.#levels;
  }

  #nextGain(mono: Float32Array, rms: number, elapsedS: number): number {
    if (rms >= MIN_SOUND_RMS) {
      const power = mono.reduce((sum, sample) => sum + sample * sample, 0) / mono.length;
      const share = 1 - Math.exp(-elapsedS / MEMORY_S);
      this.#meanSquare += (power - this.#meanSquare) * share;
    }
    const wanted = TARGET_RMS / Math.sqrt(this.#meanSquare);
    return Math.min(Math.max(wanted, LEAST_GAIN), MOST_GAIN);
  }
}

/** The first sample has none before it, and is left out. */
function preEmphasised(samples: Float32Array): { rms: number; peak: number } {
  let power = 0;
  let peak = 0;
  for (let n = 1; n < samples.length; n++) {
    const value = (samples[n] as number) - PRE_EMPHASIS * (samples[n - 1] as number);
    power += value * value;
    peak = Math.max(peak, Math.abs(value));
  }
  return { rms: Math.sqrt(power / (samples.length - 1)), peak: Math.min(1, peak) };
}
