// The run manifest: what rendering a library showed about its presets.

import { type Fetch, fetchedJson, isName, isNumber, isObject, textsOf } from "../ground/json.ts";

export interface RunEntry {
  readonly failed: boolean;
  /** `dark`: drawn, but not good enough for the strict tier. */
  readonly tier: "strict" | "dark";
  /** Mean luma, 0 to 1; null when it was not measured. */
  readonly luma01: number | null;
  /** Mean change from frame to frame, 0 or more; null when it was not measured. */
  readonly motion: number | null;
  readonly reasons: readonly string[];
}

/** By preset id. */
export type RunManifest = ReadonlyMap<string, RunEntry>;

/** All as the runtime has them. */
const TIER_WEIGHT = { strict: 1, dark: 0.6 };
const FULL_MOTION = 0.1;
const MOST_MOTION_WEIGHT = 2;
const UNMEASURED_MOTION = 0.05;
const UNMEASURED_LUMA01 = 0.5;
const HARD_REASONS = [
  "probe-timeout",
  "watchdog",
  "render-failed",
  "preset-load-failed",
  "wasm-abort",
  "probe-error",
];

/** The entries of a document; null when it is not valid. Of several for a preset the first counts. */
export function parseRunManifest(document: unknown): RunManifest | null {
  if (!isObject(document) || document.version !== "v0") return null;
  if (!Array.isArray(document.presets)) return null;
  const entries = new Map<string, RunEntry>();
  for (const preset of document.presets) {
    if (!isObject(preset) || !isName(preset.presetId) || entries.has(preset.presetId)) continue;
    entries.set(preset.presetId, parseEntry(preset));
  }
  return entries;
}

/** The run manifest; null when there is none, and then all presets are equal. */
export async function loadRunManifest(url: string, fetch: Fetch): Promise<RunManifest | null> {
  return parseRunManifest(await fetchedJson(url, fetch));
}

/** Whether a preset may be shown: it did not fail, and nothing hard happened to it. */
export function isAllowed(entry: RunEntry | undefined): boolean {
  if (entry === undefined) return true;
  const hard = (reason: string) => HARD_REASONS.some((token) => reason.includes(token));
  return !entry.failed && !entry.reasons.some(hard);
}

/** How much a preset is preferred to others of its cluster, 0 to 2; 1 for one that is not listed. */
export function runWeight(entry: RunEntry | undefined): number {
  if (entry === undefined) return 1;
  if (entry.failed) return 0;
  const { tier, motion, luma01 } = entry;
  const moves = Math.min((motion ?? UNMEASURED_MOTION) / FULL_MOTION, MOST_MOTION_WEIGHT);
  const exposed = 1 - 2 * Math.abs((luma01 ?? UNMEASURED_LUMA01) - 0.5);
  return Math.max(0, TIER_WEIGHT[tier] * moves * exposed);
}

function parseEntry(preset: Record<string, unknown>): RunEntry {
  const metrics = isObject(preset.metrics) ? preset.metrics : {};
  return {
    failed: preset.status === "failed",
    tier: preset.tier === "dark" ? "dark" : "strict",
    luma01: isNumber(metrics.avgLuma) ? metrics.avgLuma : null,
    motion: isNumber(metrics.motion) ? metrics.motion : null,
    reasons: textsOf(preset.reasons),
  };
}
