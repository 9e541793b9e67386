// What a change of presets cost: the frames that came late around it.

import type { LoadReport } from "../preparation.ts";
import type { PresetIds } from "../programme.ts";

export interface SwitchReport {
  /** `performance.now()` of the change. */
  readonly atMs: number;
  readonly presetIds: PresetIds;
  readonly cache: LoadReport["cache"];
  /** How long it took to make it ready. */
  readonly loadMs: number | null;
  /** Longest time from one frame to the next within a second after the change. */
  maxFrameGapMs: number;
  /** Frames of a clock of 30 a second that had nothing new to show in that time. */
  droppedFramesAt30: number;
}

const WATCHED_MS = 1000;
const FRAME_MS = 1000 / 30;
const MOST = 200;

export class Switches {
  #reports: SwitchReport[] = [];

  get all(): readonly SwitchReport[] {
    return this.#reports;
  }

  get last(): SwitchReport | null {
    return this.#reports.at(-1) ?? null;
  }

  clear(): void {
    this.#reports = [];
  }

  note(atMs: number, presetIds: PresetIds, load: LoadReport | null): void {
    const report: SwitchReport = {
      atMs,
      presetIds,
      cache: load?.cache ?? "miss",
      loadMs: load?.totalMs ?? null,
      maxFrameGapMs: 0,
      droppedFramesAt30: 0,
    };
    this.#reports = [...this.#reports, report].slice(-MOST);
  }

  /** A frame ended, `gapMs` after the one before. */
  addFrame(endMs: number, gapMs: number): void {
    const report = this.last;
    if (report === null || endMs < report.atMs || endMs - report.atMs > WATCHED_MS) return;
    report.maxFrameGapMs = Math.max(report.maxFrameGapMs, gapMs);
    report.droppedFramesAt30 += Math.max(0, Math.round(gapMs / FRAME_MS) - 1);
  }
}
