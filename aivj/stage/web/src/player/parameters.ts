// What the page's address asks for.

import { isPickMode, type PickSettings } from "./selection.ts";

export const MANIFEST_NAME = "pairs-manifest.v0.json";

/** Pixels that a layer is drawn with. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Parameters {
  readonly enabled: boolean;
  /** Empty when the address names none. */
  readonly pack: string;
  /** File name in the pack's folder. */
  readonly manifest: string;
  readonly picking: PickSettings;
  /** Picks and layers repeat for the same seed. */
  readonly seed: number;
  /** Null: as large as the window. */
  readonly size: Size | null;
}

export function parseParameters(query: string, randomSeed: () => number): Parameters {
  const params = new URLSearchParams(query);
  const mode = params.get("coupledPick") ?? "";
  return {
    // Any text will do, even "0": programs written for the runtime rely on it.
    enabled: (params.get("coupled") ?? "") !== "",
    pack: params.get("coupledPack") ?? "",
    manifest: params.get("coupledManifest") || MANIFEST_NAME,
    picking: {
      mode: isPickMode(mode) ? mode : "random",
      gamma: numberOr(params, "coupledGamma", 1),
      explore: numberOr(params, "coupledExplore", 0),
      dedupN: numberOr(params, "coupledDedupN", 0),
      dedupPenalty: numberOr(params, "coupledDedupPenalty", 0),
    },
    seed: params.has("seed") ? numberOr(params, "seed", 0) >>> 0 : randomSeed(),
    size: parseSize(params.get("size") ?? ""),
  };
}

/** An absent number is 0, as in the runtime; only text that is no number takes the nominal value. */
function numberOr(params: URLSearchParams, name: string, nominal: number): number {
  const value = Number(params.get(name) ?? "");
  return Number.isFinite(value) ? value : nominal;
}

function parseSize(text: string): Size | null {
  const [, width, height] = /^([1-9]\d{1,3})x([1-9]\d{1,3})$/.exec(text) ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : null;
}
