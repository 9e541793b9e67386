// What the audience at the desk likes: a score for each arm, learned from what people do.

import { isNumber, isObject, keep, readKept, type Store } from "../ground/json.ts";

export const BANDIT_KEY = "newliveweb:aivj:bandit:v0";

/** Asked for the next preset; marked as a favourite; held for long; failed hard. */
export type Signal = "next" | "favorite" | "hold" | "failure";

interface Arm {
  /** -1 to 1, as it was at `lastAt`. */
  readonly score: number;
  /** Number of signals. */
  readonly n: number;
  /** Unix time in ms. */
  readonly lastAt: number;
}

/** All ours; that their order and signs are these is the runtime's. */
export const REWARDS: Readonly<Record<Signal, number>> = {
  next: -0.2,
  favorite: 1,
  hold: 0.5,
  failure: -1,
};
const LEARNING_RATE = 0.2;
const MOST_SCORE = 1;
/** A taste is forgotten by half in a month without signals. */
const HALF_LIFE_MS = 30 * 24 * 3_600_000;

export class Bandit {
  readonly #store: Store;
  readonly #epochMs: () => number;
  readonly #arms: Map<string, Arm>;

  /** `epochMs` is Unix time; a broken store counts as an empty one. */
  constructor(store: Store, epochMs: () => number) {
    this.#store = store;
    this.#epochMs = epochMs;
    this.#arms = parseArms(readKept(store, BANDIT_KEY));
  }

  /** How an arm is liked, -1 to 1; 0 while nothing is known. */
  preference(name: string): number {
    const arm = this.#arms.get(name);
    return arm === undefined ? 0 : faded(arm, this.#epochMs());
  }

  /** Moves an arm's score towards the signal's reward, and keeps it. */
  learn(name: string, signal: Signal): void {
    const lastAt = this.#epochMs();
    const before = this.preference(name);
    const score = before + LEARNING_RATE * (REWARDS[signal] - before);
    this.#arms.set(name, { score, n: (this.#arms.get(name)?.n ?? 0) + 1, lastAt });
    const arms = Object.fromEntries(this.#arms);
    keep(this.#store, BANDIT_KEY, { v: 0, updatedAt: lastAt, arms });
  }
}

function faded({ score, lastAt }: Arm, nowMs: number): number {
  return score * 0.5 ** (Math.max(0, nowMs - lastAt) / HALF_LIFE_MS);
}

function parseArms(document: unknown): Map<string, Arm> {
  const arms = new Map<string, Arm>();
  if (!isObject(document) || document.v !== 0 || !isObject(document.arms)) return arms;
  for (const [name, arm] of Object.entries(document.arms)) {
    if (!isObject(arm)) continue;
    const { score, n, lastAt } = arm;
    if (!isNumber(score) || !isNumber(n) || !isNumber(lastAt)) continue;
    arms.set(name, { score: Math.min(Math.max(score, -MOST_SCORE), MOST_SCORE), n, lastAt });
  }
  return arms;
}
