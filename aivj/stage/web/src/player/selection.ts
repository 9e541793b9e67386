// Which pair is next: at random, in shuffled order, or by quality.

import type { ListedPair } from "./pack.ts";
import { forgetOrder, nextInOrder, type Store } from "./shuffle.ts";

export type PickMode = "random" | "shuffle" | "weighted";

export interface PickSettings {
  readonly mode: PickMode;
  /** How much a better score is preferred, 0 or more; 0 makes all pairs equal. */
  readonly gamma: number;
  /** Share of the weight that does not depend on the score, 0 to 1. */
  readonly explore: number;
  /** How many of the last picks count as recent. */
  readonly dedupN: number;
  /** Share of its weight that a recent pair loses, 0 to 1. */
  readonly dedupPenalty: number;
}

/** What the runtime takes for a pair without a score. */
const UNSCORED_QUALITY01 = 0.5;

export function isPickMode(text: string): text is PickMode {
  return text === "random" || text === "shuffle" || text === "weighted";
}

/** Weight of a pair by the runtime's committed formula, a power law of its quality. */
export function powerLawWeight(
  listed: ListedPair,
  settings: PickSettings,
  recent: readonly unknown[],
): number {
  const { quality01 } = listed;
  const scored = quality01 !== undefined && !Number.isNaN(quality01);
  const q = scored ? clamp01(quality01) : UNSCORED_QUALITY01;
  const explore = clamp01(settings.explore);
  const weight = (1 - explore) * (q + 1e-6) ** Math.max(0, settings.gamma) + explore;
  const repeated = recent.includes(listed.pair);
  const penalised = repeated ? weight * (1 - clamp01(settings.dedupPenalty)) : weight;
  return Number.isFinite(penalised) && penalised > 0 ? penalised : 0;
}

/** Index drawn in proportion to its weight; uniform when no weight is above 0. */
export function drawIndex(weights: readonly number[], random: () => number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return uniformIndex(weights.length, random);
  let left = random() * total;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = index;
    left -= weight;
    if (left < 0) break;
  }
  // Rounding may leave a crumb behind the last weight: it counts as part of that weight.
  return last;
}

export class PairPicker {
  readonly #settings: PickSettings;
  readonly #random: () => number;
  readonly #store: Store;
  #recent: unknown[] = [];

  /** `random` gives numbers in [0, 1); `store` keeps the shuffled order. */
  constructor(settings: PickSettings, random: () => number, store: Store) {
    this.#settings = settings;
    this.#random = random;
    this.#store = store;
  }

  get mode(): PickMode {
    return this.#settings.mode;
  }

  /** Picks one of at least one pair. */
  pick(packName: string, pairs: readonly ListedPair[], mode: PickMode = this.mode): ListedPair {
    const listed = pairs[this.#index(packName, pairs, mode)];
    if (listed === undefined) throw new Error("a pack without pairs was picked from");
    const numRecent = Math.max(0, Math.floor(this.#settings.dedupN));
    this.#recent = [listed.pair, ...this.#recent].slice(0, numRecent);
    return listed;
  }

  /** Starts anew: no recent picks, another shuffled order. */
  reset(): void {
    this.#recent = [];
    forgetOrder(this.#store);
  }

  #index(packName: string, pairs: readonly ListedPair[], mode: PickMode): number {
    if (mode === "shuffle") return nextInOrder(this.#store, packName, pairs.length, this.#random);
    if (mode === "random") return uniformIndex(pairs.length, this.#random);
    const weights = pairs.map((each) => powerLawWeight(each, this.#settings, this.#recent));
    return drawIndex(weights, this.#random);
  }
}

function uniformIndex(length: number, random: () => number): number {
  return Math.floor(random() * length);
}

function clamp01(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
