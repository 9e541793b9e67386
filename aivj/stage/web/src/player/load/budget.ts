// How much may be drawn for frames to stay in time: five levels, and when to change them.

export type Level = "ultra" | "high" | "medium" | "low" | "minimal";

/** What a level allows. Intervals and frames in ms, rates a second. */
export interface Budget {
  readonly targetFrameMs: number;
  readonly audioFps: number;
  readonly beatMs: number;
  readonly feedMs: number;
  /** 0 to 1: how eagerly the next presets are made ready. */
  readonly prefetchAggressiveness: number;
  /** Share of the picture's width and height that is drawn. */
  readonly compositor: number;
}

const LEVELS: readonly (readonly [Level, Budget])[] = (
  [
    ["ultra", [8, 60, 600, 16, 1, 1]],
    ["high", [16, 60, 900, 33, 0.8, 0.9]],
    ["medium", [20, 45, 1200, 50, 0.6, 0.7]],
    ["low", [33, 30, 1500, 67, 0.4, 0.5]],
    ["minimal", [50, 20, 2000, 100, 0.2, 0.3]],
  ] as const
).map(([level, [targetFrameMs, audioFps, beatMs, feedMs, prefetchAggressiveness, compositor]]) => [
  level,
  { targetFrameMs, audioFps, beatMs, feedMs, prefetchAggressiveness, compositor },
]);

const UPGRADE_BELOW = 0.7;
const DOWNGRADE_ABOVE = 1.2;
const COOLDOWN_MS = 3000;
/** Frames that a change is decided by. */
export const HISTORY = 30;

export class PerformanceBudget {
  #at: number;
  #fixed = false;
  #lastAdjustmentMs = Number.NEGATIVE_INFINITY;

  constructor(level: Level = "high") {
    this.#at = LEVELS.findIndex(([name]) => name === level);
  }

  get level(): Level {
    return this.#present[0];
  }

  get budget(): Budget {
    return this.#present[1];
  }

  /** When the level changed last; null before it did. */
  get lastAdjustmentMs(): number | null {
    return Number.isFinite(this.#lastAdjustmentMs) ? this.#lastAdjustmentMs : null;
  }

  /** Stays at a level; null: follows the frames again. False for a level that there is not. */
  fix(level: string | null, nowMs: number): boolean {
    const at = LEVELS.findIndex(([name]) => name === level);
    if (level !== null && at < 0) return false;
    this.#fixed = level !== null;
    if (at >= 0 && at !== this.#at) this.#moveTo(at, nowMs);
    return true;
  }

  /** Looks at the last frames, `count` of them; true when the level changed. */
  adjust(p95Ms: number, count: number, nowMs: number): boolean {
    const due = nowMs - this.#lastAdjustmentMs >= COOLDOWN_MS;
    if (this.#fixed || count < HISTORY || !due) return false;
    const share = p95Ms / this.budget.targetFrameMs;
    const step = share > DOWNGRADE_ABOVE ? 1 : share < UPGRADE_BELOW ? -1 : 0;
    const at = Math.min(Math.max(this.#at + step, 0), LEVELS.length - 1);
    if (at === this.#at) return false;
    this.#moveTo(at, nowMs);
    return true;
  }

  #moveTo(at: number, nowMs: number): void {
    this.#at = at;
    this.#lastAdjustmentMs = nowMs;
  }

  get #present(): readonly [Level, Budget] {
    const present = LEVELS[this.#at];
    if (present === undefined) throw new Error(`there is no performance level ${this.#at}`);
    return present;
  }
}
