// What comes next by itself, when nobody asks for anything.

const INTERVAL_S = { least: 15, most: 600, usual: 90 } as const;

export class AutoAdvance {
  enabled = true;
  /** While the picture is held, nothing changes by itself. */
  held = false;
  #intervalS: number = INTERVAL_S.usual;
  #sinceMs: number | null = null;

  get intervalS(): number {
    return this.#intervalS;
  }

  /** What is no number leaves it as it is. */
  set intervalS(seconds: number) {
    if (!Number.isFinite(seconds)) return;
    this.#intervalS = Math.min(Math.max(seconds, INTERVAL_S.least), INTERVAL_S.most);
  }

  /** The picture changed, by whomever. */
  noteChange(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** Seconds until it is time; null when nothing will change by itself. */
  leftS(nowMs: number): number | null {
    if (!this.enabled || this.held || this.#sinceMs === null) return null;
    return Math.max(0, this.#intervalS - (nowMs - this.#sinceMs) / 1000);
  }
}
