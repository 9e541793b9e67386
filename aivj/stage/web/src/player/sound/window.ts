// The last samples of what plays.

import type { AudioLevels } from "butterchurn";
import { WINDOW } from "../../render/clip.ts";

const BYTE_STEPS = 128;

/** Samples from -1 to 1; mono is the mean of both channels. */
export interface SoundWindow {
  readonly mono: Float32Array<ArrayBuffer>;
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
}

export function silentWindow(): SoundWindow {
  return {
    mono: new Float32Array(WINDOW),
    left: new Float32Array(WINDOW),
    right: new Float32Array(WINDOW),
  };
}

/** As `getByteTimeDomainData` has them, after a gain. */
export function toBytes(samples: Float32Array, bytes: Uint8Array, gain = 1): void {
  for (let n = 0; n < samples.length; n++) {
    const value = Math.floor(BYTE_STEPS * (1 + gain * (samples[n] as number)));
    bytes[n] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

export function fromBytes(bytes: Uint8Array, samples: Float32Array): void {
  for (let n = 0; n < bytes.length; n++) {
    samples[n] = ((bytes[n] as number) - BYTE_STEPS) / BYTE_STEPS;
  }
}

/** A window as Butterchurn takes it. */
export function emptyLevels(): AudioLevels {
  return {
    timeByteArray: new Uint8Array(WINDOW).fill(BYTE_STEPS),
    timeByteArrayL: new Uint8Array(WINDOW).fill(BYTE_STEPS),
    timeByteArrayR: new Uint8Array(WINDOW).fill(BYTE_STEPS),
  };
}
