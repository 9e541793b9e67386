// How well a cluster of presets suits the music.

import { clamp01 } from "../ground/smoothing.ts";
import { MACRO_NAMES, type MacroName, type Macros } from "./macros.ts";
import type { Scene } from "./scenes.ts";
import type { Energy, StyleEntry } from "./style_index.ts";

/** What the presets of an arm have in common. */
export interface ArmStyle {
  /** Where they lie among the macros, on average. */
  readonly place: Macros;
  /** For each scene how much their tags are those that it prefers, 0 to 1. */
  readonly affinity: Readonly<Record<Scene, number>>;
}

/** What presets are tagged with by what they draw. */
const STYLE_TAGS = ["wave", "dots", "line", "liquid", "abstract", "geometric", "vectors"];

/** As the runtime's plan has them. */
const PREFERRED_TAGS: Readonly<Record<Scene, readonly string[]>> = {
  techno: ["wave", "dots", "vectors"],
  ambient: ["liquid", "abstract"],
  rock: ["wave", "line"],
};

/** The plan has these in words only (much motion and sparkle, a little fusion); numbers are ours. */
const SCENE_IDEAL: Readonly<Record<Scene, Macros>> = {
  techno: { fusion: 0.4, motion: 0.85, sparkle: 0.85 },
  ambient: { fusion: 0.85, motion: 0.3, sparkle: 0.3 },
  rock: { fusion: 0.5, motion: 0.85, sparkle: 0.45 },
};

/** From here on all ours. */
const ENERGY_MOTION: Readonly<Record<Energy, number>> = { calm: 0.2, groove: 0.55, peak: 0.9 };
const PLAIN = 0.4;
const TRAITS: ReadonlyMap<string, Partial<Macros>> = new Map([
  ["liquid", { fusion: 0.35 }],
  ["abstract", { fusion: 0.2 }],
  ["band:low", { fusion: 0.15 }],
  ["wave", { sparkle: 0.15 }],
  ["line", { sparkle: 0.1 }],
  ["dots", { sparkle: 0.25 }],
  ["vectors", { sparkle: 0.2 }],
  ["band:high", { sparkle: 0.25 }],
]);

export function armStyleOf(entries: readonly StyleEntry[]): ArmStyle {
  const meanOf = (measure: (entry: StyleEntry) => number) =>
    entries.reduce((sum, entry) => sum + measure(entry), 0) / entries.length;
  const affinity = (scene: Scene) => meanOf(({ tags }) => likeness(tags, PREFERRED_TAGS[scene]));
  return {
    place: macrosFrom((name) => meanOf((entry) => placeOf(entry)[name])),
    affinity: { ambient: affinity("ambient"), techno: affinity("techno"), rock: affinity("rock") },
  };
}

/** How well an arm suits, 0 to 2: affinity of the tags, and closeness to what is wanted. */
export function baseScore(style: ArmStyle, scene: Scene, macros: Macros): number {
  const wanted = macrosFrom((name) => (SCENE_IDEAL[scene][name] + macros[name]) / 2);
  const squares = MACRO_NAMES.map((name) => (wanted[name] - style.place[name]) ** 2);
  const distance = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  return style.affinity[scene] + 1 - distance / Math.sqrt(MACRO_NAMES.length);
}

/** Jaccard index of a preset's style tags with those that are preferred; 0 when it has none. */
function likeness(tags: readonly string[], preferred: readonly string[]): number {
  const own = new Set(tags.filter((tag) => STYLE_TAGS.includes(tag)));
  const numShared = preferred.filter((tag) => own.has(tag)).length;
  return numShared / (own.size + preferred.length - numShared);
}

/** Where a preset lies among the macros, by its energy and its tags. */
function placeOf({ energy, tags }: StyleEntry): Macros {
  const traits = [...new Set(tags)].map((tag) => TRAITS.get(tag) ?? {});
  const raised = (name: MacroName) =>
    clamp01(traits.reduce((sum, trait) => sum + (trait[name] ?? 0), PLAIN));
  return { fusion: raised("fusion"), motion: ENERGY_MOTION[energy], sparkle: raised("sparkle") };
}

function macrosFrom(read: (name: MacroName) => number): Macros {
  return {
    fusion: read("fusion"),
    motion: read("motion"),
    sparkle: read("sparkle"),
  };
}
