// A pack's manifest, with the scores of its quality file merged as the runtime merges them.

import { isNumber, isObject } from "../ground/json.ts";
import { entryFault, idOf } from "./pair_entries.ts";

export const MANIFEST_NAME = "pairs-manifest.v0.json";
const QUALITY_NAME = "pairs-quality.v0.json";

/** An entry of a manifest. One that cannot be used has no URLs, and perhaps no id. */
export interface ListedPair {
  pair?: number;
  fgUrl?: string;
  bgUrl?: string;
  warp_diff?: number;
  cx_diff?: number;
  /** 0 to 1; merged in memory, never in the manifest. */
  quality01?: number;
}

export interface Pack {
  readonly name: string;
  readonly url: string;
  /** In the places of the manifest, which the kept order names; one or more can be used. */
  readonly pairs: readonly ListedPair[];
}

/** A pair that names its presets. */
export function isUsable(listed: ListedPair): boolean {
  return Boolean(listed.fgUrl && listed.bgUrl);
}

/** Loads a pack; null when it cannot become active. */
export async function loadPack(name: string, manifestFile: string): Promise<Pack | null> {
  const url = `/presets/${encodeURIComponent(name)}/${manifestFile}`;
  const manifest = await fetchJson(url).catch(() => null);
  if (!isObject(manifest) || manifest.pack !== name || !Array.isArray(manifest.pairs)) return null;
  const pairs = soundEntries(manifest.pairs, name);
  if (!pairs.some(isUsable)) return null;
  return withQuality({ name, url, pairs });
}

/** The entries in their places; what cannot be used is told, and never fetched. */
function soundEntries(entries: readonly unknown[], pack: string): ListedPair[] {
  const seen = new Set<number>();
  const faults: string[] = [];
  const pairs = entries.map((entry, place): ListedPair => {
    const pair = idOf(entry);
    const isRepeated = pair !== null && seen.has(pair);
    if (pair !== null) seen.add(pair);
    const fault = isRepeated ? `its id ${pair} is another's` : entryFault(entry, pack);
    if (fault === null) return { ...(entry as ListedPair) };
    faults.push(`entry ${place}: ${fault}`);
    return pair === null || isRepeated ? {} : { pair };
  });
  if (faults.length > 0) {
    const told = `${faults.length} of ${pairs.length} pairs of ${pack} cannot be used`;
    console.warn(`[coupled-pairs] ${told} and are left out; first, ${faults[0]}`);
  }
  return pairs;
}

/** Where the scores of a manifest lie; null for a manifest of any but the plain name. */
export function qualityUrl(manifestUrl: string): string | null {
  if (!manifestUrl.endsWith(MANIFEST_NAME)) return null;
  return manifestUrl.slice(0, -MANIFEST_NAME.length) + QUALITY_NAME;
}

/** Scores by pair id; empty when the file is for another pack. The last of several wins. */
export function scoresOf(quality: unknown, packName: string): Map<number, number> {
  const scores = new Map<number, number>();
  if (!isObject(quality) || quality.pack !== packName || !Array.isArray(quality.pairs)) {
    return scores;
  }
  for (const entry of quality.pairs) {
    if (!isObject(entry)) continue;
    const { pair, quality01 } = entry;
    if (isNumber(pair) && isNumber(quality01)) scores.set(pair, quality01);
  }
  return scores;
}

/** Pairs with their score where there is one; an id that is text never matches. */
export function withScores(
  pairs: readonly ListedPair[],
  scores: ReadonlyMap<number, number>,
): ListedPair[] {
  return pairs.map((listed) => {
    const isScored = listed.pair !== undefined && isUsable(listed);
    const quality01 = isScored ? scores.get(listed.pair as number) : undefined;
    return quality01 === undefined ? listed : { ...listed, quality01 };
  });
}

async function withQuality(pack: Pack): Promise<Pack> {
  const url = qualityUrl(pack.url);
  if (url === null) return pack;
  let quality: unknown;
  try {
    quality = await fetchJson(url);
  } catch (error) {
    // A file that is there but is not JSON counts for nothing, and nobody is told.
    if (error instanceof SyntaxError) return pack;
    console.warn("[coupled-pairs] failed to load pairs-quality", url, String(error));
    return pack;
  }
  const scores = scoresOf(quality, pack.name);
  if (scores.size === 0) return pack;
  const std = stdOf(quality);
  console.info("[coupled-pairs] loaded pairs-quality", {
    pack: pack.name,
    url,
    std,
    pairs: scores.size,
  });
  return { ...pack, pairs: withScores(pack.pairs, scores) };
}

function stdOf(quality: unknown): number {
  const stats = isObject(quality) && isObject(quality.qualityStats) ? quality.qualityStats : {};
  return isNumber(stats.std) ? stats.std : Number.NaN;
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { cache: "no-store" });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return await response.json();
}
