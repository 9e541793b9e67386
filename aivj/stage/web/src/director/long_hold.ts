// When a picture was held so long that it must be liked.

/** Ours. */
export const LONG_HOLD_MS = 60_000;

export class LongHold {
  #presetId: string | null = null;
  #sinceMs: number | null = null;
  #told = false;

  /** Goes on by a frame; true in the one in which a preset has been held for a minute. */
  advance(held: boolean, presetId: string | null, nowMs: number): boolean {
    if (!held || presetId === null || presetId !== this.#presetId) {
      this.#presetId = presetId;
      this.#sinceMs = held ? nowMs : null;
      this.#told = false;
    }
    if (this.#told || this.#sinceMs === null || nowMs - this.#sinceMs < LONG_HOLD_MS) return false;
    this.#told = true;
    return true;
  }
}
