// A pack's manifest, with the scores of its quality file merged as the runtime merges them.

import { MANIFEST_NAME } from "./parameters.ts";

const QUALITY_NAME = "pairs-quality.v0.json";

/** An entry of a manifest as it stands there, so every member may be missing. */
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
  /** At least one. */
  readonly pairs: readonly ListedPair[];
}

/** Loads a pack; null when it cannot become active. */
export async function loadPack(name: string, manifestFile: string): Promise<Pack | null> {
  const url = `/presets/${encodeURIComponent(name)}/${manifestFile}`;
  const manifest = await fetchJson(url).catch(() => null);
  if (!isObject(manifest) || manifest.pack !== name || !Array.isArray(manifest.pairs)) return null;
  if (manifest.pairs.length === 0) return null;
  const pairs = manifest.pairs.map((entry: unknown) => (isObject(entry) ? { ...entry } : {}));
  return withQuality({ name, url, pairs });
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
    const quality01 = listed.pair === undefined ? undefined : scores.get(listed.pair);
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
