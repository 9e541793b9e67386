// Weights that follow the music: calm music asks for layers that are alike, intense music for layers
// that differ.
//
// The runtime's own widths are not known. Here a difference counts by its rank among the pack's, so
// that a pack of much alike pairs has calm and intense ones too; the target is the music's intensity.

import type { ListedPair } from "./pack.ts";

/** Standard deviation of the Gaussian, in ranks from 0 to 1. */
const WIDTH = 0.25;
/** What the pair shown last keeps of its weight. */
const REPEAT_SHARE = 0.1;

type Difference = "warp_diff" | "cx_diff";

/** Weight of each pair for music of `intensity01`; `last` is the pair shown before. */
export function affinityWeights(
  pairs: readonly ListedPair[],
  intensity01: number,
  last: unknown,
): number[] {
  const warp = ranks01(pairs, "warp_diff");
  const cx = ranks01(pairs, "cx_diff");
  return pairs.map((listed, index) => {
    const affinity = gaussian(warp[index], intensity01) * gaussian(cx[index], intensity01);
    const weight = affinity * qualityFactor(listed.quality01);
    return listed.pair !== undefined && listed.pair === last ? weight * REPEAT_SHARE : weight;
  });
}

/** A pair without a score keeps its weight. */
function qualityFactor(quality01: number | undefined): number {
  if (quality01 === undefined || Number.isNaN(quality01)) return 1;
  return 0.2 + 0.8 * Math.min(Math.max(quality01, 0), 1);
}

/** A pair without the difference suits all music alike. */
function gaussian(rank01: number | null | undefined, target: number): number {
  if (rank01 === null || rank01 === undefined) return 1;
  return Math.exp(-((rank01 - target) ** 2) / (2 * WIDTH ** 2));
}

/** Rank of each pair's difference, 0 the smallest and 1 the largest; equal ones share theirs. */
export function ranks01(pairs: readonly ListedPair[], name: Difference): (number | null)[] {
  const known = pairs.map((listed) => listed[name]).filter((value) => Number.isFinite(value));
  const sorted = [...(known as number[])].sort((a, b) => a - b);
  const largest = Math.max(1, sorted.length - 1);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [index, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, index);
    last.set(value, index);
  }
  return pairs.map((listed) => {
    const value = listed[name];
    const from = value === undefined ? undefined : first.get(value);
    if (value === undefined || from === undefined) return null;
    return (from + (last.get(value) ?? from)) / 2 / largest;
  });
}
