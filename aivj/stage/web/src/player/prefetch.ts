// When the next presets are made ready: sooner on a machine that keeps up, and never under pressure.

import type { Load } from "./load/load.ts";

/** A picture that has just appeared is not disturbed by making the next one ready. */
const SETTLED_AFTER_MS = 1000;

type Timer = ReturnType<typeof setTimeout>;

interface PrefetchParts {
  readonly load: Pick<Load, "budget" | "pressure">;
  /** Makes the next presets ready. */
  readonly prepare: () => void;
  readonly nowMs: () => number;
  readonly wait: (action: () => void, ms: number) => Timer;
}

export class Prefetch {
  readonly #parts: PrefetchParts;
  #timer: Timer | undefined;

  constructor(parts: PrefetchParts) {
    this.#parts = parts;
  }

  /** Something else is shown: what comes after it is made ready in a while. */
  plan(): void {
    clearTimeout(this.#timer);
    const { prefetchAggressiveness } = this.#parts.load.budget;
    this.#attemptIn(SETTLED_AFTER_MS / prefetchAggressiveness);
  }

  #attemptIn(ms: number): void {
    this.#timer = this.#parts.wait(() => this.#attempt(), ms);
  }

  #attempt(): void {
    const { load, prepare, nowMs } = this.#parts;
    const leftMs = load.pressure.leftMs(nowMs());
    if (leftMs > 0) this.#attemptIn(leftMs);
    else prepare();
  }
}
