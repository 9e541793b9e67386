// What is told of coupled pairs: to programs, and to people in words.

import type { ListedPair } from "./pack.ts";
import type { Picked, PickMode, PickSettings } from "./selection.ts";
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

/** The line that a pick leaves on the console. */
export function selectionLine(
  pack: string,
  { listed, mode, fallback }: Picked,
  reason: string,
): string {
  const q = listed.quality01 ?? "na";
  const id = presetIdOf(pack, listed, "fg");
  return `[sel] mode=${mode} pack=${pack} pair=${listed.pair} q=${q} presetId=${id} reason=${fallback || reason}`;
}

export function presetIdOf(pack: string, listed: ListedPair, layer: string): string {
  return `coupled:${pack}:${listed.pair}:${layer}`;
}

/** A sentence without its full stop. */
export function whyPicked(
  picked: Picked,
  settings: PickSettings,
  pairs: readonly ListedPair[],
  intensity01: number | null,
): string {
  const { listed, mode, fallback } = picked;
  if (fallback !== "") return `at random among ${pairs.length}, since no music is heard`;
  if (mode === "shuffle") return `next in the shuffled order of ${pairs.length}`;
  if (mode === "random") return `at random among ${pairs.length}`;
  if (settings.formula === "affinity") {
    return `for music of intensity ${(intensity01 ?? 0).toFixed(2)}, ${rankOf(listed, pairs)}`;
  }
  if (settings.gamma <= 0) return `weighted, but with gamma 0 all ${pairs.length} count alike`;
  return `weighted by score (gamma ${settings.gamma}), ${rankOf(listed, pairs)}`;
}

function rankOf({ quality01 }: ListedPair, pairs: readonly ListedPair[]): string {
  if (quality01 === undefined) return `without a score, one of ${pairs.length}`;
  const better = pairs.filter((other) => (other.quality01 ?? -1) > quality01).length;
  return better === 0 ? `the best of ${pairs.length}` : `number ${better + 1} of ${pairs.length}`;
}
