// The accents of the music: when they came, and what they add to its intensity.

/** Ours: above this an accent is one that people notice; it has to fall well below to come again. */
const RISES_AT = 0.5;
const ENDS_AT = 0.25;
const REMEMBERED_MS = 30_000;
/** Of the accent in the intensity of a moment. */
export const ACCENT_SHARE = 0.2;

export class AccentTrace {
  #accent01 = 0;
  #isUp = false;
  #risesMs: readonly number[] = [];

  /** Goes on by an analysis of the music. */
  advance(accent01: number, nowMs: number): void {
    this.#accent01 = accent01;
    const rises = !this.#isUp && accent01 >= RISES_AT;
    this.#isUp = this.#isUp ? accent01 > ENDS_AT : rises;
    const recent = this.#risesMs.filter((atMs) => nowMs - atMs <= REMEMBERED_MS);
    this.#risesMs = rises ? [...recent, nowMs] : recent;
  }

  /** How strong it is now, and how often it came. */
  figures(nowMs: number): string {
    const lastMs = this.#risesMs.at(-1);
    const last = lastMs === undefined ? "" : `, the last ${seconds(nowMs - lastMs)} ago`;
    const count = `${this.#risesMs.length} in ${seconds(REMEMBERED_MS)}`;
    return `accent ${this.#accent01.toFixed(2)} · ${count}${last}`;
  }

  /** Where it goes: into the intensity, which picks and depth follow. */
  path(intensity01: number): string {
    const added = ACCENT_SHARE * this.#accent01;
    return `accent ${this.#accent01.toFixed(2)} → +${added.toFixed(2)} of the moment → intensity ${intensity01.toFixed(2)}`;
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
