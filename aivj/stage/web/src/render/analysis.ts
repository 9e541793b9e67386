// What Butterchurn makes of a moment of sound, worked out once for all layers that hear it.
//
// Three Fourier transforms a frame were a tenth of what the page computes for a preset, and those of
// one clip are the same for every preset.

import type { AudioLevels, AudioProcessor } from "butterchurn";

type Analysis = Pick<
  AudioProcessor,
  "timeArrayL" | "timeArrayR" | "freqArray" | "freqArrayL" | "freqArrayR"
>;

/** By a moment's bytes of both channels together; null: nobody has heard it yet. */
const analyses = new WeakMap<Uint8Array, Analysis | null>();

/** Says that the bytes of this moment will never change, so that its analysis may be kept. */
export function lasting(levels: AudioLevels): AudioLevels {
  analyses.set(levels.timeByteArray, null);
  return levels;
}

/** Makes a visualizer's ear keep its analyses, and take those of others. */
export function shareAnalyses(audio: AudioProcessor): void {
  const analyse = audio.updateAudio.bind(audio);
  audio.updateAudio = (both, left, right) => {
    const known = analyses.get(both);
    if (known) {
      Object.assign(audio, known);
      return;
    }
    // It writes into its arrays, which may be those of an analysis that is kept.
    audio.timeArrayL = new Int8Array(audio.timeArrayL.length);
    audio.timeArrayR = new Int8Array(audio.timeArrayR.length);
    analyse(both, left, right);
    const { timeArrayL, timeArrayR, freqArray, freqArrayL, freqArrayR } = audio;
    if (known === null) {
      analyses.set(both, { timeArrayL, timeArrayR, freqArray, freqArrayL, freqArrayR });
    }
  };
}
