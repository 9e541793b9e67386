// How closely the picture follows the music: an envelope that rises and falls no faster than wanted.

import { clamp01 } from "../ground/smoothing.ts";

export const DRIVE_NAMES = ["balanced", "punch", "intense", "subtle"] as const;
type DriveName = (typeof DRIVE_NAMES)[number];

interface DriveTuning {
  readonly enabled: boolean;
  /** Share of the music in what it moves, 0 to 1. */
  readonly mixToMacros: number;
  readonly attackMs: number;
  readonly releaseMs: number;
  readonly maxDeltaPerSec: number;
}

/** As the runtime has them. */
const TUNINGS: Readonly<Record<DriveName, DriveTuning>> = {
  balanced: tuning(100, 620, 2.4, 0.86),
  punch: tuning(80, 460, 2.9, 0.96),
  intense: tuning(60, 360, 3.3, 1),
  subtle: tuning(160, 750, 1.6, 0.5),
};

export function isDriveName(text: string): text is DriveName {
  return DRIVE_NAMES.some((name) => name === text);
}

export class Drive {
  name: DriveName = "balanced";
  #value01 = 0;

  get tuning(): DriveTuning {
    return TUNINGS[this.name];
  }

  /** The envelope, 0 to 1. */
  get value01(): number {
    return this.#value01;
  }

  /** Goes on by a frame. */
  advance(energy01: number, elapsedS: number): void {
    const { mixToMacros, attackMs, releaseMs, maxDeltaPerSec } = this.tuning;
    const wanted = mixToMacros * energy01;
    const timeMs = wanted > this.#value01 ? attackMs : releaseMs;
    const step = (wanted - this.#value01) * (1 - Math.exp((-1000 * elapsedS) / timeMs));
    const most = maxDeltaPerSec * elapsedS;
    this.#value01 = clamp01(this.#value01 + Math.min(Math.max(step, -most), most));
  }
}

function tuning(
  attackMs: number,
  releaseMs: number,
  maxDeltaPerSec: number,
  mixToMacros: number,
): DriveTuning {
  return { enabled: true, mixToMacros, attackMs, releaseMs, maxDeltaPerSec };
}
