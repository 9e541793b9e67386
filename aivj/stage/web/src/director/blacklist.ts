// Presets that failed hard, and are not shown again.

import { isName, isNumber, isObject, keep, readKept, type Store } from "../ground/json.ts";

/** Ours: the runtime's own lists end after hours or days. */
export const BLACKLIST_KEY = "newliveweb:aivj:blacklist:v0";
const MOST_PRESETS = 5_000;

interface Listed {
  readonly reason: string;
  /** Unix time in ms. */
  readonly at: number;
}

export class Blacklist {
  readonly #store: Store;
  readonly #epochMs: () => number;
  /** By preset id, oldest first. */
  readonly #presets: Map<string, Listed>;

  /** `epochMs` is Unix time; a broken store counts as an empty one. */
  constructor(store: Store, epochMs: () => number) {
    this.#store = store;
    this.#epochMs = epochMs;
    this.#presets = parsePresets(readKept(store, BLACKLIST_KEY));
  }

  has(presetId: string): boolean {
    return this.#presets.has(presetId);
  }

  /** Lists a preset, and keeps the list; of too many the oldest are forgotten. */
  add(presetId: string, reason: string): void {
    const at = this.#epochMs();
    this.#presets.delete(presetId);
    this.#presets.set(presetId, { reason, at });
    for (const oldest of this.#presets.keys()) {
      if (this.#presets.size <= MOST_PRESETS) break;
      this.#presets.delete(oldest);
    }
    const presets = [...this.#presets].map(([id, listed]) => ({ presetId: id, ...listed }));
    keep(this.#store, BLACKLIST_KEY, { v: 0, updatedAt: at, presets });
  }
}

function parsePresets(document: unknown): Map<string, Listed> {
  const presets = new Map<string, Listed>();
  if (!isObject(document) || document.v !== 0 || !Array.isArray(document.presets)) return presets;
  for (const listed of document.presets) {
    if (!isObject(listed)) continue;
    const { presetId, reason, at } = listed;
    if (!isName(presetId) || typeof reason !== "string" || !isNumber(at)) continue;
    presets.set(presetId, { reason, at });
  }
  return presets;
}
