// What people do with a preset, as the bandit and the blacklist learn it; holding it long is liking it.

import type { Bandit, Signal } from "./bandit.ts";
import type { Blacklist } from "./blacklist.ts";
import { armOf, type StyleIndex } from "./style_index.ts";

export class Feedback {
  readonly #bandit: Pick<Bandit, "learn">;
  readonly #blacklist: Pick<Blacklist, "add">;
  readonly #arms: ReadonlyMap<string, string>;

  constructor(
    index: StyleIndex | null,
    bandit: Pick<Bandit, "learn">,
    blacklist: Pick<Blacklist, "add">,
  ) {
    this.#bandit = bandit;
    this.#blacklist = blacklist;
    const entries = index?.entries ?? [];
    this.#arms = new Map(entries.map((entry) => [entry.presetId, armOf(entry)]));
  }

  /** A person passed over, marked or held a preset; of one outside the index nothing is learned. */
  note(presetId: string, signal: Exclude<Signal, "failure">): void {
    this.#learn(presetId, signal);
  }

  /** A preset broke, by itself: it cannot be loaded, or its equations or shaders fail. */
  failed(presetId: string, reason: string): void {
    this.#blacklist.add(presetId, reason);
    this.#learn(presetId, "failure");
  }

  #learn(presetId: string, signal: Signal): void {
    const arm = this.#arms.get(presetId);
    if (arm !== undefined) this.#bandit.learn(arm, signal);
  }
}

/** Ours. */
export const LONG_HOLD_MS = 60_000;

export class LongHold {
  #heldId: string | null = null;
  #sinceMs = 0;
  #told = false;

  /** Goes on by a frame; true in the one in which a preset has been held for a minute. */
  advance(held: boolean, presetId: string | null, nowMs: number): boolean {
    const heldId = held ? presetId : null;
    if (heldId !== this.#heldId) {
      this.#heldId = heldId;
      this.#sinceMs = nowMs;
      this.#told = false;
    }
    if (heldId === null || this.#told || nowMs - this.#sinceMs < LONG_HOLD_MS) return false;
    this.#told = true;
    return true;
  }
}
