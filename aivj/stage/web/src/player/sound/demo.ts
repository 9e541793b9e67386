// The built-in groove: what presets hear while nobody has chosen music.

import { Clip, SAMPLE_RATE_HZ } from "../../render/clip.ts";
import { fromBytes, type SoundWindow } from "./window.ts";

export class DemoMusic {
  readonly #clip: Clip;
  readonly #planar: Uint8Array;
  readonly #numSamples: number;

  /** Planar mono, left and right, one byte a sample. */
  constructor(planar: Uint8Array) {
    this.#clip = new Clip(planar);
    this.#planar = planar;
    this.#numSamples = planar.length / 3;
    if (this.#numSamples === 0) throw new Error("the clip is empty");
  }

  static async fetch(url: string): Promise<DemoMusic> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new DemoMusic(new Uint8Array(await response.arrayBuffer()));
  }

  /** What is heard at a time of `performance.now()`, as if it had played since 0. */
  read(timeMs: number, { mono, left, right }: SoundWindow): void {
    const durationS = this.#numSamples / SAMPLE_RATE_HZ;
    const levels = this.#clip.levels((timeMs / 1000) % durationS);
    fromBytes(levels.timeByteArray, mono);
    fromBytes(levels.timeByteArrayL, left);
    fromBytes(levels.timeByteArrayR, right);
  }

  /** Its samples, to be played aloud. */
  channels(): readonly [left: Float32Array<ArrayBuffer>, right: Float32Array<ArrayBuffer>] {
    return [this.#channel(1), this.#channel(2)];
  }

  #channel(index: number): Float32Array<ArrayBuffer> {
    const from = index * this.#numSamples;
    const samples = new Float32Array(this.#numSamples);
    fromBytes(this.#planar.subarray(from, from + this.#numSamples), samples);
    return samples;
  }
}
