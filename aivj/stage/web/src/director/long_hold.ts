// When a picture was held so long that it must be liked.

/** Ours. */
export const LONG_HOLD_MS = 60_000;

export class LongHold {
  #heldId: string | null = null;
  #sinceMs = 0;
  #told = false;

  /** Goes on by a frame; true in the one in which a preset has been held for a minute. */
  advance(held: boolean, presetId: string | null, nowMs: number): boolean {
    const heldId = held ? presetId : null;
    if (heldId !== this.#heldId) {
      this.#heldId = heldId;
      this.#sinceMs = nowMs;
      this.#told = false;
    }
    if (heldId === null || this.#told || nowMs - this.#sinceMs < LONG_HOLD_MS) return false;
    this.#told = true;
    return true;
  }
}
