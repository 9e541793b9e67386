// Music as Butterchurn wants it: 1,024 unsigned bytes a channel, ending at the frame's time.

import type { AudioLevels } from "butterchurn";

/** Samples that a visualiser sees at a frame. */
export const WINDOW = 1024;
const SILENCE = 128;
export const SAMPLE_RATE_HZ = 44_100;

/** A clip at 44.1 kHz: planar mono, left and right, one byte a sample, 128 is silence. */
export class Clip {
  readonly #channels: Uint8Array[];

  constructor(planar: Uint8Array) {
    const numSamples = planar.length / 3;
    if (!Number.isInteger(numSamples)) throw new Error("the clip is not three equal channels");
    this.#channels = [0, 1, 2].map((channel) =>
      planar.subarray(channel * numSamples, (channel + 1) * numSamples),
    );
  }

  static async fetch(url: string): Promise<Clip> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Clip(new Uint8Array(await response.arrayBuffer()));
  }

  /** What is heard when nothing plays. */
  static silence(): AudioLevels {
    const window = new Uint8Array(WINDOW).fill(SILENCE);
    return { timeByteArray: window, timeByteArrayL: window, timeByteArrayR: window };
  }

  /** The samples up to `timeS`; before the clip's start there is silence, behind its end too. */
  levels(timeS: number): AudioLevels {
    const end = Math.round(timeS * SAMPLE_RATE_HZ);
    const [mono, left, right] = this.#channels.map((channel) => windowOf(channel, end));
    if (!mono || !left || !right) throw new Error("the clip lost a channel");
    return { timeByteArray: mono, timeByteArrayL: left, timeByteArrayR: right };
  }
}

function windowOf(channel: Uint8Array, end: number): Uint8Array {
  const window = new Uint8Array(WINDOW).fill(SILENCE);
  const start = end - WINDOW;
  const from = Math.max(0, start);
  const to = Math.min(channel.length, end);
  if (to > from) window.set(channel.subarray(from, to), from - start);
  return window;
}
