// How the machine keeps up: frame times, the level they allow, and what is shed meanwhile.

import { type Budget, HISTORY, type Level, PerformanceBudget } from "./budget.ts";
import { type Caps, capsFor, type ListeningRates, LoadPressure, listeningRates } from "./caps.ts";
import { Switches } from "./switches.ts";

/** A second at 120 frames a second, four at 30. */
const CAPACITY = 120;

/** Durations of the last frames, and what is made of them. */
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

export class Load {
  readonly pressure = new LoadPressure();
  readonly switches = new Switches();
  readonly gaps = new FrameTimes();
  /** What the page itself spends on a frame. */
  readonly work = new FrameTimes();
  readonly #budget: PerformanceBudget;
  readonly #onLevel: () => void;
  #frameMs: number | null = null;

  /** `onLevel` is called when another level is entered. */
  constructor(level: Level, onLevel: () => void) {
    this.#budget = new PerformanceBudget(level);
    this.#onLevel = onLevel;
  }

  get level(): Level {
    return this.#budget.level;
  }

  get budget(): Budget {
    return this.#budget.budget;
  }

  get lastAdjustmentMs(): number | null {
    return this.#budget.lastAdjustmentMs;
  }

  /** Stays at a level; null: follows the frames. False for a level that there is not. */
  fix(level: string | null, nowMs: number): boolean {
    const known = this.#budget.fix(level, nowMs);
    if (known) this.#onLevel();
    return known;
  }

  caps(nowMs: number): Caps {
    return capsFor(this.pressure.leftMs(nowMs), this.gaps.p95Ms());
  }

  /** How often the music is listened to: what both the caps and the level allow. */
  listeningRates(nowMs: number): ListeningRates {
    return listeningRates(this.caps(nowMs), this.budget);
  }

  /** A frame was drawn, which took the page `workMs`. */
  addFrame(nowMs: number, workMs: number): void {
    const gapMs = this.#frameMs === null ? 0 : nowMs - this.#frameMs;
    this.#frameMs = nowMs;
    // A hidden page draws nothing, and that says nothing about the machine.
    if (gapMs <= 0 || gapMs > 1000) return;
    this.gaps.add(gapMs);
    this.work.add(workMs);
    this.switches.addFrame(nowMs, gapMs);
    if (this.#budget.adjust(this.gaps.p95Ms(HISTORY), this.gaps.count, nowMs)) this.#onLevel();
  }
}
