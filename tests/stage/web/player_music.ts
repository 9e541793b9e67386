// Features of music as the director hears it.

import type { AudioFeatures } from "../../../aivj/stage/web/src/director/audio_features.ts";

export const FRAME_MS = 1000 / 60;

/** Techno at 120 beats a minute whose energy surges every 8 s. */
export function loudMusic(nowMs: number): AudioFeatures {
  const beat01 = Math.exp(-((nowMs % 500) / 500) * 4);
  const surges = nowMs % 8000 > 6000;
  return {
    rms: 0.2,
    audible: true,
    energy01: surges ? 0.95 : 0.7,
    energyFast01: surges ? 0.95 : 0.6,
    energySlow01: 0.6,
    accent01: surges ? 0.9 : 0.1,
    kick01: beat01,
    bass01: 0.7,
    bassLong01: 0.7,
    synth01: 0.6,
    clap01: beat01,
    hihat01: 0.7,
    mid01: 0.4,
    high01: 0.4,
    flux01: 0.6,
    onsetEdge01: beat01,
    onsetsPerS: 4,
    beatPulse01: beat01,
    beatConfidence01: 0.95,
    beatStability01: 0.95,
    beatQuality01: 0.95,
    beatTrusted: true,
    beatsPerMinute: 120,
  };
}
