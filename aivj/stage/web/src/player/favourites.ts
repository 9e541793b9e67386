// What people marked as worth seeing again; it outlives the page.

import { isName, isNumber, isObject, keep, readKept, type Store } from "../ground/json.ts";

export const FAVOURITES_KEY = "newliveweb:favorites:v2";
/** What is older than that many is forgotten. */
const MOST = 500;

export interface Favourite {
  /** The pack or library. */
  readonly programme: string;
  /** What it is chosen by there. */
  readonly choiceId: string;
  readonly label: string;
  /** Unix time in ms. */
  readonly savedAt: number;
}

export class Favourites {
  readonly #store: Store;
  readonly #epochMs: () => number;
  #all: readonly Favourite[];

  /** `epochMs` is Unix time; a broken store counts as an empty one. */
  constructor(store: Store, epochMs: () => number) {
    this.#store = store;
    this.#epochMs = epochMs;
    this.#all = parse(readKept(store, FAVOURITES_KEY));
  }

  /** Newest first. */
  get all(): readonly Favourite[] {
    return this.#all;
  }

  has(programme: string, choiceId: string): boolean {
    return this.#all.some((each) => each.programme === programme && each.choiceId === choiceId);
  }

  /** Marks it, or takes the mark away; true when it is marked now. */
  toggle(favourite: Omit<Favourite, "savedAt">): boolean {
    const { programme, choiceId } = favourite;
    const marked = !this.has(programme, choiceId);
    const others = this.#all.filter(
      (each) => each.programme !== programme || each.choiceId !== choiceId,
    );
    this.#all = marked
      ? [{ ...favourite, savedAt: this.#epochMs() }, ...others].slice(0, MOST)
      : others;
    keep(this.#store, FAVOURITES_KEY, { v: 2, items: this.#all });
    return marked;
  }
}

function parse(document: unknown): Favourite[] {
  const items = isObject(document) && Array.isArray(document.items) ? document.items : [];
  return items.flatMap((item) => {
    if (!isObject(item) || !isName(item.programme) || !isName(item.choiceId)) return [];
    const { programme, choiceId, label, savedAt } = item;
    return [
      {
        programme,
        choiceId,
        label: isName(label) ? label : choiceId,
        savedAt: isNumber(savedAt) ? savedAt : 0,
      },
    ];
  });
}
