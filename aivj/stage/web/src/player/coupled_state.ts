// What programs are told of coupled pairs.

import type { ListedPair } from "./pack.ts";
import type { PickMode } from "./selection.ts";
import type { Titles } from "./titles.ts";

/** What was put on the canvas last. */
export interface LastPick {
  /** `performance.now()` of the change. */
  timeMs: number;
  pair: number | null;
  quality01: number | null;
  warpDiff: number | null;
  cxDiff: number | null;
  /** Of the music; null in silence. */
  intensity01: number | null;
}

export interface CoupledState {
  enabled: boolean;
  pack: string;
  pickMode: PickMode;
  lastPick: LastPick | null;
  /** The pack that is active; `scoredPairs` counts its pairs with a score. */
  manifest: { url: string; pairs: number; scoredPairs: number } | null;
}

export interface SampleRequest {
  iterations: number;
  pickMode?: string;
  /** Takes the place of the music's. */
  mockIntensity01?: number;
  /** Forget recent picks and the shuffled order first. */
  reset?: boolean;
}

export interface SampledPick {
  pair: number | null;
  quality01: number | null;
  requestedMode: string;
  mode: PickMode;
  reason: string;
}

export type SampleReply = { ok: boolean; picks: SampledPick[] };

export function lastPickOf(listed: ListedPair, intensity01: number | null): LastPick {
  return {
    timeMs: performance.now(),
    pair: listed.pair ?? null,
    quality01: listed.quality01 ?? null,
    warpDiff: listed.warp_diff ?? null,
    cxDiff: listed.cx_diff ?? null,
    intensity01,
  };
}

/** How a pair is listed. */
export function labelOf(
  { pair, quality01, fgUrl = "", bgUrl = "" }: ListedPair,
  titles: Titles,
): string {
  const score = quality01 === undefined ? "" : ` · ${quality01.toFixed(2)}`;
  return `${pair}${score} · ${titles.of(fgUrl)} over ${titles.of(bgUrl)}`;
}
