// What the page's address asks for.

import { type Size, sizeAsked } from "../page/picture_size.ts";
import { type Coupling3d, parseCoupling3d } from "./coupling3d.ts";
import { MANIFEST_NAME } from "./pack.ts";
import { isPickMode, type PickSettings } from "./selection.ts";
import type { Store } from "./shuffle.ts";

const DEFAULT_LIBRARY = "curated-safe";

export interface Parameters {
  /** Whether pairs of a pack are shown; otherwise single presets of a library. */
  readonly enabled: boolean;
  /** Empty when the address names none. */
  readonly pack: string;
  /** File name in the pack's folder. */
  readonly manifest: string;
  readonly picking: PickSettings;
  readonly coupling3d: Coupling3d;
  /** The library that single presets come from. */
  readonly presetLibrary: string;
  /** What is shown first, of pairs or presets; null: as the programme picks. */
  readonly first: string | null;
  /** Where it is written which presets of a library were found to be sound. */
  readonly runManifestUrl: string;
  /** Picks and layers repeat for the same seed. */
  readonly seed: number;
  /** Null: as large as the window. */
  readonly size: Size | null;
  /** Whether presets hear the built-in groove while nothing else plays. */
  readonly demoMusic: boolean;
  /** Whether the next presets are made ready ahead. */
  readonly prefetch: boolean;
}

/** Reads the address; what it leaves open is taken from what was remembered, then from defaults. */
export function parseParameters(
  query: string,
  remembered: globalThis.Pick<Store, "getItem">,
  randomSeed: () => number,
): Parameters {
  const params = new URLSearchParams(query);
  const mode = params.get("coupledPick") ?? "";
  const given = (name: string, key: string) => params.get(name) || remembered.getItem(key);
  return {
    // Any text will do, even "0": programs written for the runtime rely on it.
    enabled: (params.get("coupled") ?? "") !== "",
    pack: params.get("coupledPack") ?? "",
    manifest: params.get("coupledManifest") || MANIFEST_NAME,
    picking: {
      mode: isPickMode(mode) ? mode : "random",
      formula: params.get("coupledFormula") === "affinity" ? "affinity" : "power",
      gamma: numberOr(params, "coupledGamma", 1),
      explore: numberOr(params, "coupledExplore", 0),
      dedupN: numberOr(params, "coupledDedupN", 0),
      dedupPenalty: numberOr(params, "coupledDedupPenalty", 0),
    },
    coupling3d: parseCoupling3d(params),
    presetLibrary: given("presetLibrarySource", "presetLibrarySource") || DEFAULT_LIBRARY,
    first: params.get("preset"),
    runManifestUrl: given("runManifestUrl", "nw.runManifestUrl") || "/run-manifest.json",
    seed: params.has("seed") ? numberOr(params, "seed", 0) >>> 0 : randomSeed(),
    size: sizeAsked(params),
    demoMusic: params.get("demoMusic") !== "off",
    prefetch: params.get("prefetch") !== "off",
  };
}

/** An absent number is 0, as in the runtime; only text that is no number takes the nominal value. */
function numberOr(params: URLSearchParams, name: string, nominal: number): number {
  const value = Number(params.get(name) ?? "");
  return Number.isFinite(value) ? value : nominal;
}
