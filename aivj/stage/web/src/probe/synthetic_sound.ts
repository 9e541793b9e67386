// Music that nobody composed: a low, a middle and a high voice, each with a rhythm of its own, so that
// it can be told which of them a picture follows.

import { Clip, SAMPLE_RATE_HZ } from "../render/clip.ts";
import { RandomStream } from "../render/random.ts";
import { Recording } from "./recording.ts";

export const BANDS = ["low", "mid", "high"] as const;
type Band = (typeof BANDS)[number];
export type Bands = Readonly<Record<Band, number>>;

const DURATION_S = 12;
const SEED = 7;
/** What voices add up to stays within -1 to 1. */
const VOLUME = { low: 0.4, mid: 0.3, high: 0.25 } as const;

/** How loud each voice is at a time, 0 to 1. Their rhythms meet again after minutes only. */
export function envelopesAt(timeS: number): Bands {
  const since = (periodS: number, offsetS: number) => (timeS + offsetS) % periodS;
  return {
    low: Math.exp(-since(0.5, 0) / 0.12),
    mid: 0.5 - 0.5 * Math.cos((2 * Math.PI * timeS) / 1.7),
    high: Math.exp(-since(0.37, 0.11) / 0.05),
  };
}

let made: Recording | null = null;

/** The music, from 0 s on; silence behind its end. */
export function syntheticClip(): Recording {
  made ??= new Recording(composed());
  return made;
}

function composed(): Clip {
  const numSamples = DURATION_S * SAMPLE_RATE_HZ;
  const planar = new Uint8Array(3 * numSamples);
  const noise = new RandomStream(SEED);
  for (let n = 0; n < numSamples; n++) {
    const timeS = n / SAMPLE_RATE_HZ;
    const loud = envelopesAt(timeS);
    const tone = (frequencyHz: number) => Math.sin(2 * Math.PI * frequencyHz * timeS);
    const low = VOLUME.low * loud.low * tone(55);
    const mid = VOLUME.mid * loud.mid * (0.6 * tone(440) + 0.4 * tone(660));
    const high = VOLUME.high * loud.high * (2 * noise.next() - 1);
    const byte = Math.floor(128 * (1 + low + mid + high));
    for (let channel = 0; channel < 3; channel++) planar[channel * numSamples + n] = byte;
  }
  return new Clip(planar);
}
