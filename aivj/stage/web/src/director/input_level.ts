// How loud the input usually is, so that a quiet mixer is not taken for quiet music.

/** What is louder than silence, as the runtime has it. */
export const AUDIBLE_RMS = 0.005;

/** As the runtime has it for what presets hear. */
const TARGET_RMS = 0.2;

/**
 * Ours, and narrower than the runtime's 0.8 to 5.5: with that much gain an ambient piece would soon
 * be as loud as techno.
 */
const LEAST_GAIN = 0.4;
const MOST_GAIN = 2.5;
const MEMORY_S = 20;

export class InputLevel {
  #meanSquare = TARGET_RMS ** 2;
  #heardS = 0;

  /** Goes on by a frame and returns the gain; silence changes nothing. */
  advance(rms: number, elapsedS: number): number {
    if (rms > AUDIBLE_RMS && elapsedS > 0) {
      // A plain mean at first, so that a set does not begin with 20 s of guessing.
      this.#heardS = Math.min(this.#heardS + elapsedS, MEMORY_S);
      this.#meanSquare += (rms ** 2 - this.#meanSquare) * Math.min(1, elapsedS / this.#heardS);
    }
    const wanted = TARGET_RMS / Math.sqrt(this.#meanSquare);
    return Math.min(Math.max(wanted, LEAST_GAIN), MOST_GAIN);
  }
}
