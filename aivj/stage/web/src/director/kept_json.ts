// JSON that outlives the page, in its local storage.

export type Store = Pick<Storage, "getItem" | "setItem">;

/** The document under a key; null when there is none, it is broken, or storage is refused. */
export function readKept(store: Store, key: string): unknown {
  try {
    return JSON.parse(store.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** Keeps a document. When storage is full or refused the show goes on without. */
export function keep(store: Store, key: string, document: object): void {
  try {
    store.setItem(key, JSON.stringify(document));
  } catch (error) {
    console.warn(`[aivj] ${key} is not kept`, error);
  }
}
