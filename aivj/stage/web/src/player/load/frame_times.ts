// Durations of the last frames, and what is made of them.

/** A second at 120 frames a second, four at 30. */
const CAPACITY = 120;

export class FrameTimes {
  readonly #timesMs: number[] = [];

  add(timeMs: number): void {
    this.#timesMs.push(timeMs);
    if (this.#timesMs.length > CAPACITY) this.#timesMs.shift();
  }

  /** Of the last frame; null before the first. */
  get lastMs(): number | null {
    return this.#timesMs.at(-1) ?? null;
  }

  get count(): number {
    return this.#timesMs.length;
  }

  /** The 95th percentile of the last `count` frames; 0 before the first. */
  p95Ms(count = CAPACITY): number {
    const sorted = this.#timesMs.slice(-count).sort((a, b) => a - b);
    return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
  }

  /** Mean frames a second of the last frames. */
  framesPerS(): number {
    const totalMs = this.#timesMs.reduce((sum, timeMs) => sum + timeMs, 0);
    return totalMs > 0 ? (1000 * this.#timesMs.length) / totalMs : 0;
  }
}
