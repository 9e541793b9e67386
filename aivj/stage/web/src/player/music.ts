// The clip that the presets hear, over and over.

import type { AudioLevels } from "butterchurn";
import { Clip, SAMPLE_RATE_HZ } from "../render/clip.ts";

export class Music {
  readonly #clip: Clip;
  readonly #durationS: number;

  constructor(planar: Uint8Array) {
    this.#clip = new Clip(planar);
    this.#durationS = planar.length / 3 / SAMPLE_RATE_HZ;
    if (this.#durationS === 0) throw new Error("the clip is empty");
  }

  static async fetch(url: string): Promise<Music> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Music(new Uint8Array(await response.arrayBuffer()));
  }

  /** What is heard at a time of `performance.now()`. */
  levelsAt(timeMs: number): AudioLevels {
    return this.#clip.levels((timeMs / 1000) % this.#durationS);
  }
}
