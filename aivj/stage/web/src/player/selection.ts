// Which pair is next: at random, in shuffled order, or by quality.

import { Draws, drawIndex, uniformIndex } from "../ground/draws.ts";
import { clamp01 } from "../ground/smoothing.ts";
import type { ListedPair } from "./pack.ts";
import { forgetOrder, indexAhead, nextInOrder, type Store } from "./shuffle.ts";

export type PickMode = "random" | "shuffle" | "weighted";

/** How `weighted` weighs: `power` as the committed runtime, `affinity` with the music. */
type WeightFormula = "power" | "affinity";

export interface PickSettings {
  readonly mode: PickMode;
  readonly formula: WeightFormula;
  /** How much a better score is preferred, 0 or more; 0 makes all pairs equal. */
  readonly gamma: number;
  /** Share of the weight that does not depend on the score, 0 to 1. */
  readonly explore: number;
  /** How many of the last picks count as recent. */
  readonly dedupN: number;
  /** Share of its weight that a recent pair loses, 0 to 1. */
  readonly dedupPenalty: number;
}

/** What is picked from, and how. */
interface PickRequest {
  readonly pack: string;
  /** At least one. */
  readonly pairs: readonly ListedPair[];
  readonly mode: PickMode;
  /** Of the music; null when nothing is heard. */
  readonly intensity01: number | null;
}

export interface Picked {
  readonly listed: ListedPair;
  /** The mode that decided. */
  readonly mode: PickMode;
  /** Why it was not the mode that was asked for; empty if it was. */
  readonly fallback: string;
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

export class PairPicker {
  readonly #settings: PickSettings;
  readonly #draws: Draws;
  readonly #store: Store;
  #recent: unknown[] = [];
  #last: unknown = null;

  /** `random` gives numbers in [0, 1); `store` keeps the shuffled order. */
  constructor(settings: PickSettings, random: () => number, store: Store) {
    this.#settings = settings;
    this.#draws = new Draws(random);
    this.#store = store;
  }

  get mode(): PickMode {
    return this.#settings.mode;
  }

  pick(request: PickRequest): Picked {
    const [mode, fallback] = this.#decidingMode(request);
    const { pack, pairs } = request;
    const random = () => this.#draws.next();
    const index =
      mode === "shuffle"
        ? nextInOrder(this.#store, pack, pairs.length, random)
        : this.#drawn(request, mode, random);
    const listed = pairs[index];
    if (listed === undefined) throw new Error("a pack without pairs was picked from");
    const numRecent = Math.max(0, Math.floor(this.#settings.dedupN));
    this.#recent = [listed.pair, ...this.#recent].slice(0, numRecent);
    this.#last = listed.pair;
    return { listed, mode, fallback };
  }

  /** What `pick` would return if it were asked now; null when that is not known. */
  peek(request: PickRequest): ListedPair | null {
    const [mode] = this.#decidingMode(request);
    const { pack, pairs } = request;
    const index =
      mode === "shuffle"
        ? indexAhead(this.#store, pack, pairs.length)
        : this.#drawn(request, mode, () => this.#draws.peek());
    return index === null ? null : (pairs[index] ?? null);
  }

  /** Starts anew: no recent picks, another shuffled order. */
  reset(): void {
    this.#recent = [];
    this.#last = null;
    forgetOrder(this.#store);
  }

  #decidingMode({ mode, intensity01 }: PickRequest): [mode: PickMode, fallback: string] {
    const deaf = mode === "weighted" && this.#settings.formula === "affinity";
    return deaf && intensity01 === null ? ["random", "fallback:no-audio"] : [mode, ""];
  }

  /** Draws exactly one number. */
  #drawn({ pairs, intensity01 }: PickRequest, mode: PickMode, random: () => number): number {
    if (mode === "random") return uniformIndex(pairs.length, random);
    const weights =
      this.#settings.formula === "affinity"
        ? affinityWeights(pairs, intensity01 ?? 0, this.#last)
        : pairs.map((each) => powerLawWeight(each, this.#settings, this.#recent));
    return drawIndex(weights, random);
  }
}

// Weights that follow the music: calm music asks for layers that are alike, intense music for layers
// that differ.
//
// The runtime's own widths are not known. Here a difference counts by its rank among the pack's, so
// that a pack of much alike pairs has calm and intense ones too; the target is the music's intensity.

/** Standard deviation of the Gaussian, in ranks from 0 to 1. */
const AFFINITY_WIDTH = 0.25;
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
  return 0.2 + 0.8 * clamp01(quality01);
}

/** A pair without the difference suits all music alike. */
function gaussian(rank01: number | null | undefined, target: number): number {
  if (rank01 === null || rank01 === undefined) return 1;
  return Math.exp(-((rank01 - target) ** 2) / (2 * AFFINITY_WIDTH ** 2));
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
