// A library made for tests: clusters of different style, each with presets of every energy.

import {
  ENERGIES,
  type StyleEntry,
  type StyleIndex,
} from "../../../aivj/stage/web/src/director/style_index.ts";

const CLUSTER_TAGS: Readonly<Record<string, readonly string[]>> = {
  haze: ["liquid", "abstract"],
  spark: ["wave", "dots", "vectors"],
  strings: ["wave", "line"],
  blocks: ["geometric"],
};

export const CLUSTERS = Object.keys(CLUSTER_TAGS);

/** Ids are cluster, energy and number: `haze-calm-0`. */
export function indexOf(numOfEach: number): StyleIndex {
  const entries: StyleEntry[] = [];
  for (const [authorKey, tags] of Object.entries(CLUSTER_TAGS)) {
    for (const energy of ENERGIES) {
      for (let number = 0; number < numOfEach; number++) {
        const presetId = `${authorKey}-${energy}-${number}`;
        entries.push({ presetId, authorKey, energy, tags: [...tags, `energy:${energy}`] });
      }
    }
  }
  return { version: "v1", entries, names: new Map() };
}

export function clusterOf(presetId: string): string {
  return presetId.split("-")[0] ?? "";
}

export function energyOf(presetId: string): string {
  return presetId.split("-")[1] ?? "";
}
