// How the layers are mixed: what people set, and what the music adds.

import type { AudioFeatures } from "../director/audio_features.ts";
import { clamp01, MAX_STEP_S } from "../ground/smoothing.ts";
import type { BlendMode, Look } from "./compositor.ts";
import { type Coupling3d, reliefAt } from "./coupling3d.ts";
import { Drive } from "./drive.ts";

export class Mixer {
  readonly drive = new Drive();
  blendMode: BlendMode = "screen";
  /** Of the foreground, 0 to 1. */
  opacity = 0.7;
  /** How much of it the beat decides, 0 to 1. */
  beatShare = 0;
  /** How much of it the energy decides, 0 to 1. */
  energyShare = 0;
  backgroundShown = true;
  coupling3d: Coupling3d;
  #beat01 = 0;
  #startedMs: number | null = null;
  #advancedMs = 0;

  constructor(coupling3d: Coupling3d) {
    this.coupling3d = coupling3d;
  }

  /** Goes on by a frame; null features are silence. */
  advance(
    features: globalThis.Pick<AudioFeatures, "energy01" | "beatPulse01"> | null,
    nowMs: number,
  ): void {
    this.#startedMs ??= nowMs;
    const elapsedS = Math.min(Math.max(0, nowMs - this.#advancedMs) / 1000, MAX_STEP_S);
    this.#advancedMs = nowMs;
    this.#beat01 = features?.beatPulse01 ?? 0;
    this.drive.advance(features?.energy01 ?? 0, elapsedS);
  }

  look(nowMs: number): Look {
    const timeS = (nowMs - (this.#startedMs ?? nowMs)) / 1000;
    return {
      blendMode: this.blendMode,
      opacity: this.#opacityNow(),
      backgroundOpacity: this.backgroundShown ? 1 : 0,
      relief: reliefAt(this.coupling3d, timeS, this.drive.value01),
      showRelief: this.coupling3d.mode === "debug",
    };
  }

  /** Around what is set: louder music shows more of the foreground. */
  #opacityNow(): number {
    const energy = this.energyShare * (2 * this.drive.value01 - 1);
    const beat = this.beatShare * this.#beat01;
    return clamp01(this.opacity * (1 + energy + beat));
  }
}
