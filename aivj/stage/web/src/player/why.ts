// Why a pair was picked, in words for people and in the line that programs read.

import type { ListedPair } from "./pack.ts";
import type { Picked, PickSettings } from "./selection.ts";

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
