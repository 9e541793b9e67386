// The time of the music, which both pictures and people follow.

export class MusicClock {
  paused = false;
  #timeS = 0;
  #nowMs = 0;
  #begun: { readonly timeS: number; readonly cardS: number } | null = null;

  /** Seconds since the music began. */
  get timeS(): number {
    return this.#timeS;
  }

  /** The present moment is played aloud at `cardS` of the sound card's time. */
  follow(cardS: number): void {
    this.#begun = { timeS: this.#timeS, cardS };
  }

  /**
   * Goes on to `nowMs` of `performance.now()`. `cardS` is the sound card's time, null while it does
   * not play: it counts by a crystal of its own, and what is seen shall stay with what is heard.
   */
  advance(nowMs: number, cardS: number | null): void {
    const elapsedS = Math.max(0, nowMs - this.#nowMs) / 1000;
    this.#nowMs = nowMs;
    if (this.paused) return;
    if (cardS === null || this.#begun === null) this.#timeS += elapsedS;
    else this.#timeS = Math.max(0, this.#begun.timeS + cardS - this.#begun.cardS);
  }
}
